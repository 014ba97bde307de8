import { spawnSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  openSync,
  readdirSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readFile, readFileSync, readToEnd } from '../../lib/store/config-file';
import { writeJournal } from '../../lib/store/journal';
import { settle } from '../support/file-system';

t.test('a file is read to its end, whatever its size', async (t) => {
  const folder = t.testdir({});
  for (const size of [0, 1, 4095, 4096, 300_000]) {
    const path = join(folder, `${size}`);
    writeFileSync(path, 'x'.repeat(size));
    settle(path);
    t.equal(readFileSync(path, 1000).length, size);
    t.equal((await readFile(path, 1000)).length, size);
  }
});

t.test(
  'a file that was written just now is read at once where the kernel says that nobody has it open to write',
  { skip: process.platform !== 'linux' && 'only Linux has leases of files' },
  async (t) => {
    const path = join(t.testdir({}), 'file');
    // Without a line feed at its end it would be believed after two seconds.
    writeFileSync(path, 'x');
    t.equal(readFileSync(path, 1).toString(), 'x');
    const fd = openSync(path, 'r+');
    t.throws(() => readFileSync(path, 20), { code: 'ERR_PORT_CONFIG_LOCKED' });
    await t.rejects(readFile(path, 20), { code: 'ERR_PORT_CONFIG_LOCKED' });
    closeSync(fd);
    t.equal((await readFile(path, 1)).toString(), 'x');
  },
);

t.test('a file with a journal is read as its journal says', async (t) => {
  const path = join(t.testdir({}), 'file');
  const before = Buffer.from('[DEFAULT]\nweb = 80\n');
  const journal = writeJournal(before, { start: 10, bytes: Buffer.from('web = 81\ndb = 82\n') });
  writeFileSync(path, Buffer.concat([before, journal]));
  const after = '[DEFAULT]\nweb = 81\ndb = 82\n';
  t.equal(readFileSync(path, 1000).toString(), after);
  t.equal((await readFile(path, 1000)).toString(), after);
});

const NO_PROC = process.platform === 'linux' ? false : 'only Linux has /proc/self/maps';

t.test('a file that does not tell its size is read to its end', { skip: NO_PROC }, async (t) => {
  const fd = openSync('/proc/self/maps', 'r');
  t.teardown(() => closeSync(fd));
  t.match(readToEnd(fd).toString(), /\[stack\]/);
});

t.test('what is no file is refused, and not left open', { skip: NO_PROC }, async (t) => {
  const folder = t.testdir({});
  const count = () => readdirSync('/proc/self/fd').length;
  t.throws(() => readFileSync(folder, 1000), { code: 'EISDIR', path: folder });
  const before = count();
  t.throws(() => readFileSync(folder, 1000), { code: 'EISDIR' });
  t.throws(() => readFileSync('/dev/null', 1000), { code: 'EINVAL', path: '/dev/null' });
  writeFileSync(join(folder, 'file'), 'x\n');
  t.equal(readFileSync(join(folder, 'file'), 1000).length, 2);
  t.equal(count(), before);
});

t.test('a missing file is empty where its folder is there', async (t) => {
  const folder = t.testdir({});
  t.equal(readFileSync(join(folder, 'none'), 1000).length, 0);
  t.throws(() => readFileSync(join(folder, 'none', 'none'), 1000), { code: 'ENOENT' });
});

t.test('what is no regular file is refused at once', async (t) => {
  const folder = t.testdir({});
  t.throws(() => readFileSync(folder, 1000), { code: 'EISDIR' });
  if (process.platform === 'win32') return;
  const pipe = join(folder, 'pipe');
  t.equal(spawnSync('mkfifo', [pipe]).status, 0);
  t.throws(() => readFileSync(pipe, 1000), { code: 'EINVAL' });
  t.throws(() => readFileSync('/dev/zero', 1000), { code: 'EINVAL' });
});

/** Whether the kernel tells us of others that write a file of ours. */
const NO_LEASES = process.platform === 'linux' ? false : 'only Linux has leases of files';

t.test('a file that somebody has open to write is read when it is closed', { skip: NO_LEASES }, async (t) => {
  const path = join(t.testdir({ file: '[DEFAULT]\nweb = 80\n' }), 'file');
  for (const read of [readFile, async (...words: Parameters<typeof readFile>) => readFileSync(...words)]) {
    const writer = openSync(path, 'w');
    await t.rejects(read(path, 20), {
      code: 'ERR_PORT_CONFIG_LOCKED',
      message: /still being written by another process after 0\.02 s/,
    });
    const reading = readFile(path, 5000);
    writeSync(writer, '[DEFAULT]\nweb = 80');
    await t.rejects(read(path, 20), { code: 'ERR_PORT_CONFIG_LOCKED' }, 'half a file is no answer');
    writeSync(writer, '81\n');
    closeSync(writer);
    t.equal((await reading).toString(), '[DEFAULT]\nweb = 8081\n');
  }
});

t.test('an empty file whose times are old is not believed either', { skip: NO_LEASES }, async (t) => {
  const path = join(t.testdir({ file: 'x' }), 'file');
  const writer = openSync(path, 'w');
  t.teardown(() => closeSync(writer));
  const past = new Date(Date.now() - 3_600_000);
  utimesSync(path, past, past);
  t.throws(() => readFileSync(path, 20), { code: 'ERR_PORT_CONFIG_LOCKED' });
});

t.test('where the kernel does not tell, time does', async (t) => {
  const path = join(t.testdir({ file: '' }), 'file');
  const { readFileSync } = withoutAddon(t);
  const writer = openSync(path, 'w');
  t.teardown(() => closeSync(writer));
  t.throws(() => readFileSync(path, 50), { code: 'ERR_PORT_CONFIG_LOCKED' }, 'empty');
  writeSync(writer, '[DEFAULT]\nweb = 80');
  t.throws(() => readFileSync(path, 50), { code: 'ERR_PORT_CONFIG_LOCKED' }, 'cut');
  writeSync(writer, '81\n');
  t.equal(readFileSync(path, 1000).toString(), '[DEFAULT]\nweb = 8081\n');
  ftruncateSync(writer);
  t.throws(() => readFileSync(path, 50), { code: 'ERR_PORT_CONFIG_LOCKED' }, 'empty again');
  t.equal(readFileSync(path, 5000).length, 0, 'a file that stays empty is empty');
});

/** The module as it is where there is no addon for the system. */
function withoutAddon(t: Test): typeof import('../../lib/store/config-file') {
  const optionalAddon = () => undefined;
  return t.mockRequire<typeof import('../../lib/store/config-file')>('../../lib/store/config-file', {
    '../../lib/addon/optional-addon': { optionalAddon },
  });
}
