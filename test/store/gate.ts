import * as fs from 'node:fs';
import {
  chmodSync,
  chownSync,
  closeSync,
  fstatSync,
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
import { NO_MODES, NO_SYMLINKS } from '../support/file-system';
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
    folder.openIfThere = () => refuse('EPERM', 'open');
    folder.create = () => refuse('EPERM', 'open');
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

t.test(
  'a gate has the group of the file, and that of a new file its owner',
  { skip: NO_OTHER_USER },
  async (t) => {
    const { path, folder } = newFolder(t, { [NAME]: '' });
    const look = (name: string) => {
      const gate = Gate.tryTake(folder, name);
      const { uid, gid, mode } = statSync(join(path, besideName(name, 'lock')));
      gate?.leave();
      return { uid, gid, mode: mode & 0o777 };
    };
    chownSync(join(path, NAME), 0, 7);
    t.strictSame(look(NAME), { uid: 0, gid: 7, mode: 0o600 });
    chownSync(path, NOBODY, 7);
    t.strictSame(look('new.conf'), { uid: NOBODY, gid: 7, mode: 0o600 });
  },
);

t.test('members of a group share its gate, made by whichever of them', { skip: NO_OTHER_USER }, async (t) => {
  const { path, folder } = newFolder(t, { [NAME]: '' });
  chmodSync(join(path, NAME), 0o664);
  for (const place of [path, join(path, NAME)]) chownSync(place, 0, 7);
  chmodSync(path, 0o775);
  const before = process.getgroups?.() ?? [];
  const asMember = <T>(call: () => T): T => {
    process.setgroups?.([7]);
    process.setegid?.(NOBODY);
    process.seteuid?.(NOBODY);
    try {
      return call();
    } finally {
      process.seteuid?.(0);
      process.setegid?.(0);
      process.setgroups?.(before);
    }
  };
  const gate = asMember(() => Gate.tryTake(folder, NAME));
  t.match(statSync(join(path, LOCK)), { uid: NOBODY, gid: 7, mode: 0o100660 });
  asMember(() => gate?.leave());
  writeFileSync(join(path, LOCK), '');
  chmodSync(join(path, LOCK), 0o660);
  chownSync(join(path, LOCK), 0, 7);
  const taken = asMember(() => Gate.tryTake(folder, NAME));
  t.ok(taken, 'what another member left behind');
  asMember(() => taken?.leave());
  t.strictSame(readdirSync(path), [NAME]);
});

t.test('nobody else can open a gate before its mode is set', async (t) => {
  const { folder } = newFolder(t, { [NAME]: '' });
  const umask = process.umask(0);
  t.teardown(() => process.umask(umask));
  const { tryLock } = addon;
  let mode = 0;
  t.intercept(addon, 'tryLock', {
    value: (fd: number) => {
      mode = fstatSync(fd).mode & 0o777;
      return tryLock(fd);
    },
  });
  Gate.tryTake(folder, NAME)?.leave();
  t.equal(mode, 0o600, { skip: NO_MODES });
});

t.test('a gate that cannot be removed is open all the same', async (t) => {
  const { path, folder } = newFolder(t);
  const gate = Gate.tryTake(folder, NAME);
  Object.defineProperty(folder, 'remove', { value: () => refuse('EIO', 'unlink'), configurable: true });
  gate?.leave();
  Reflect.deleteProperty(folder, 'remove');
  t.strictSame(readdirSync(path), [LOCK]);
  const next = Gate.tryTake(folder, NAME);
  t.ok(next);
  next?.leave();
});

t.test('what stands where a new file is to be made keeps nobody from the gate', async (t) => {
  const { folder } = newFolder(t, { [NAME]: TEXT });
  const remove = folder.remove.bind(folder);
  for (const code of ['EISDIR', 'EIO', 'EACCES', 'EPERM', 'EROFS']) {
    folder.remove = (name) => (name.endsWith('.new') ? refuse(code, 'unlink') : remove(name));
    const gate = Gate.tryTake(folder, NAME);
    t.ok(gate, code);
    gate?.leave();
  }
  folder.remove = (name) => (name.endsWith('.new') ? refuse('EMFILE', 'unlink') : remove(name));
  t.throws(() => Gate.tryTake(folder, NAME), { code: 'EMFILE' });
});

t.test('a gate whose owner cannot be given to another is one for its maker', async (t) => {
  for (const code of ['EPERM', 'EINVAL', 'EIO']) {
    const fchownSync = () => refuse(code, 'fchown');
    const mocked = t.mockRequire<typeof import('../../lib/store/gate')>('../../lib/store/gate', {
      'node:fs': { ...fs, fchownSync },
    });
    const { path, folder } = newFolder(t);
    const ofAnother = { ino: 1n, dev: 1n, uid: 1_234n, gid: 1_234n, mode: 0o644n };
    Object.defineProperty(folder, 'stat', {
      value: (name: string) => (name === NAME ? ofAnother : fs.lstatSync(join(path, name), { bigint: true })),
    });
    if (code === 'EIO') t.throws(() => mocked.Gate.tryTake(folder, NAME), { code });
    else t.ok(mocked.Gate.tryTake(folder, NAME), code);
  }
});

t.test('on Windows a gate that goes between two looks is made at the next', async (t) => {
  const { folder } = newFolder(t);
  const create = folder.create.bind(folder);
  let tries = 0;
  folder.create = (...words) => (++tries < 3 ? refuse('EPERM', 'open') : create(...words));
  t.intercept(process, 'platform', { value: 'win32' });
  const gate = Gate.tryTake(folder, NAME);
  t.ok(gate);
  t.equal(tries, 3);
  gate?.leave();
  folder.create = () => refuse('EPERM', `try ${++tries}`);
  t.throws(() => Gate.tryTake(folder, NAME), { code: 'EPERM', syscall: 'try 6' }, 'but not for ever');
});

function refuse(code: string, syscall: string): never {
  throw Object.assign(new Error(code), { code, syscall });
}

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
