import * as fs from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { replaceFile } from '../../lib/store/replace-file';
import { NO_OTHER_USER, NOBODY } from '../support/privilege';

function openFile(t: Test, mode = 0o644): { folder: string; path: string; fd: number } {
  const folder = t.testdir({ file: 'old' });
  const path = join(folder, 'file');
  fs.chmodSync(path, mode);
  const fd = fs.openSync(path, 'r+');
  t.teardown(() => fs.closeSync(fd));
  return { folder, path, fd };
}

/** The function with one call of node:fs failing. */
function failing(
  t: Test,
  call: 'renameSync' | 'fsyncSync' | 'fchownSync' | 'openSync',
  code: string,
): typeof replaceFile {
  const fail = () => {
    throw Object.assign(new Error(code), { code, syscall: call });
  };
  const path = '../../lib/store/replace-file';
  const mocks = { 'node:fs': { ...fs, [call]: fail } };
  return t.mockRequire<typeof import('../../lib/store/replace-file')>(path, mocks).replaceFile;
}

t.test('another file with the new content takes the place of the old', async (t) => {
  const { folder, path, fd } = openFile(t);
  t.equal(replaceFile(path, fd, Buffer.from('new')), true);
  t.equal(fs.readFileSync(path, 'utf8'), 'new');
  t.equal(fs.readFileSync(fd, 'utf8'), 'old', 'who has the old file open still reads it whole');
  t.strictSame(fs.readdirSync(folder), ['file']);
});

t.test('the mode stays, whatever the umask', async (t) => {
  for (const mode of [0o600, 0o644, 0o666, 0o4755]) {
    const { path, fd } = openFile(t, mode);
    t.equal(replaceFile(path, fd, Buffer.from('new')), true);
    t.equal(fs.statSync(path).mode & 0o7777, mode);
  }
});

t.test('the owner stays', { skip: NO_OTHER_USER }, async (t) => {
  const { path, fd } = openFile(t, 0o640);
  fs.chownSync(path, NOBODY, 1);
  t.equal(replaceFile(path, fd, Buffer.from('new')), true);
  const { uid, gid, mode } = fs.statSync(path);
  t.strictSame({ uid, gid, mode: mode & 0o7777 }, { uid: NOBODY, gid: 1, mode: 0o640 });
});

t.test('a file with further hard links is not replaced', async (t) => {
  const { folder, path, fd } = openFile(t);
  fs.linkSync(path, join(folder, 'link'));
  t.equal(replaceFile(path, fd, Buffer.from('new')), false);
  t.equal(fs.readFileSync(path, 'utf8'), 'old');
});

t.test(
  'where the system does not let a file be replaced, it says so and leaves nothing behind',
  async (t) => {
    const { folder, path, fd } = openFile(t);
    for (const code of ['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EXDEV']) {
      t.equal(failing(t, 'renameSync', code)(path, fd, Buffer.from('new')), false, code);
      t.equal(failing(t, 'openSync', code)(path, fd, Buffer.from('new')), false, code);
    }
    t.strictSame(fs.readdirSync(folder), ['file']);
    t.equal(fs.readFileSync(path, 'utf8'), 'old');
  },
);

t.test(
  'a file whose owner cannot be given to another is not replaced',
  { skip: NO_OTHER_USER },
  async (t) => {
    const { folder, path, fd } = openFile(t);
    fs.chownSync(path, NOBODY, NOBODY);
    t.equal(failing(t, 'fchownSync', 'EPERM')(path, fd, Buffer.from('new')), false);
    t.strictSame(fs.readdirSync(folder), ['file']);
  },
);

t.test('after any other failure all is as before', async (t) => {
  const { folder, path, fd } = openFile(t);
  for (const call of ['fsyncSync', 'renameSync'] as const) {
    t.throws(() => failing(t, call, 'ENOSPC')(path, fd, Buffer.from('new')), { code: 'ENOSPC' });
    t.strictSame(fs.readdirSync(folder), ['file']);
    t.equal(fs.readFileSync(path, 'utf8'), 'old');
  }
});
