import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { addon } from '../../lib/addon/addon';
import { Folder } from '../../lib/store/folder';
import { besideName, Gate } from '../../lib/store/gate';
import { PortStore } from '../../lib/store/port-store';
import { NO_SYMLINKS } from '../support/file-system';
import { holdLock } from '../support/hold-lock';
import { NO_OTHER_USER, NOBODY } from '../support/privilege';

const NAME = 'port-for.conf';
const LOCK = '.port-for.conf.lock';
const TEXT = '[DEFAULT]\nweb = 80\n';

function newFolder(t: Test, files: Record<string, string> = {}): { path: string; folder: Folder } {
  const path = t.testdir(files);
  return { path, folder: new Folder(path) };
}

t.test('one has the gate at a time, and nothing is left of it', async (t) => {
  const { path, folder } = newFolder(t);
  const gate = Gate.tryTake(folder, NAME);
  t.ok(gate);
  t.equal(Gate.tryTake(folder, NAME), undefined);
  t.ok(Gate.tryTake(folder, 'other.conf'), 'another file has a gate of its own');
  t.ok(readdirSync(path).includes(LOCK));
  gate?.leave();
  t.notOk(readdirSync(path).includes(LOCK));
  const next = Gate.tryTake(folder, NAME);
  t.ok(next);
  next?.leave();
});

t.test('who waited for a gate that is gone gets the next one', async (t) => {
  const { path, folder } = newFolder(t);
  const gate = Gate.tryTake(folder, NAME);
  const waiting = openSync(join(path, LOCK), 'r+');
  gate?.leave();
  t.equal(addon.tryLock(waiting), true);
  const skip = process.platform === 'win32' && 'a removed file keeps its name until everybody has closed it';
  const next = Gate.tryTake(folder, NAME);
  t.ok(next, 'the old gate, locked or not, bars nobody', { skip });
  next?.leave();
  closeSync(waiting);
  const last = Gate.tryTake(folder, NAME);
  t.ok(last);
  last?.leave();
});

t.test('a gate that its owner removes while we lock it is not ours', async (t) => {
  const { path, folder } = newFolder(t);
  const { tryLock } = addon;
  let isRemoved = false;
  t.intercept(addon, 'tryLock', {
    value: (fd: number) => {
      if (!isRemoved) unlinkSync(join(path, LOCK));
      isRemoved = true;
      return tryLock(fd);
    },
  });
  const gate = Gate.tryTake(folder, NAME);
  t.ok(gate);
  t.ok(readdirSync(path).includes(LOCK), 'there is another one');
  t.equal(Gate.tryTake(folder, NAME), undefined);
  gate?.leave();
});

t.test(
  'on Windows a gate that is being removed is locked, and a folder that is not ours has none',
  async (t) => {
    const { path, folder } = newFolder(t, { [LOCK]: '' });
    const refuse = () => {
      throw Object.assign(new Error('no rights'), { code: 'EPERM', syscall: 'open' });
    };
    Object.defineProperty(folder, 'openIfThere', { value: refuse });
    Object.defineProperty(folder, 'create', { value: refuse });
    t.intercept(process, 'platform', { value: 'win32' });
    t.equal(Gate.tryTake(folder, NAME), undefined);
    unlinkSync(join(path, LOCK));
    t.throws(() => Gate.tryTake(folder, NAME), { code: 'EPERM' });
  },
);

t.test('the gate of a killed process is taken over', async (t) => {
  const { path, folder } = newFolder(t, { [LOCK]: '' });
  const holder = await holdLock(t, join(path, LOCK));
  t.equal(Gate.tryTake(folder, NAME), undefined);
  const ended = new Promise((resolve) => holder.once('exit', resolve));
  holder.kill('SIGKILL');
  await ended;
  const gate = Gate.tryTake(folder, NAME);
  t.ok(gate);
  gate?.leave();
  t.strictSame(readdirSync(path), []);
});

t.test('what a killed writer left of a new file goes with the next', async (t) => {
  const { path, folder } = newFolder(t, { [NAME]: TEXT, '.port-for.conf.new': 'half of what was to be wri' });
  chmodSync(join(path, '.port-for.conf.new'), 0o400);
  t.equal(new PortStore(join(path, NAME)).bindPortSync('db', 81), 81);
  t.strictSame(readdirSync(path), [NAME]);
  // As between the two steps of putting a new file in its place.
  linkSync(join(path, NAME), join(path, '.port-for.conf.new'));
  const gate = Gate.tryTake(folder, NAME);
  t.equal(statSync(join(path, NAME)).nlink, 1);
  gate?.leave();
});

t.test('those may open the gate who may write the file', { skip: NO_OTHER_USER }, async (t) => {
  const cases = [
    [0o644, 0o600],
    [0o600, 0o600],
    [0o664, 0o660],
    [0o666, 0o666],
    [0o646, 0o606],
  ] as const;
  for (const [mode, gateMode] of cases) {
    const { path, folder } = newFolder(t, { [NAME]: '' });
    chmodSync(join(path, NAME), mode);
    chownSync(join(path, NAME), NOBODY, 7);
    const gate = Gate.tryTake(folder, NAME);
    t.match(statSync(join(path, LOCK)), { uid: NOBODY, gid: 7, mode: 0o100000 | gateMode });
    gate?.leave();
  }
});

t.test('nobody is led elsewhere by what stands in the place of the gate', async (t) => {
  const { path, folder } = newFolder(t, { secret: 'mine' });
  if (NO_SYMLINKS === false) {
    symlinkSync('secret', join(path, LOCK));
    t.throws(() => Gate.tryTake(folder, NAME), { code: 'ELOOP' });
    t.equal(readFileSync(join(path, 'secret'), 'utf8'), 'mine');
    unlinkSync(join(path, LOCK));
  } else t.pass('a symbolic link', { skip: NO_SYMLINKS });
  mkdirSync(join(path, LOCK));
  t.throws(() => Gate.tryTake(folder, NAME), { code: 'EISDIR' });
});

t.test('the names beside a file are its own, and no longer than file systems allow', async (t) => {
  t.equal(besideName(NAME, 'lock'), LOCK);
  t.equal(besideName(NAME, 'new'), '.port-for.conf.new');
  const long = 'ä'.repeat(125);
  for (const name of [long, `${long}a`, 'x'.repeat(255)]) {
    t.ok(Buffer.byteLength(besideName(name, 'lock')) <= 255);
    writeFileSync(join(t.testdir({}), besideName(name, 'new')), '');
  }
  t.not(besideName(`${long}aaa`, 'new'), besideName(`${long}aab`, 'new'));
});
