import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readFileUnlocked, readWhole, resolveTarget } from '../../lib/store/config-file';

t.test('a file is read to its end, whatever its size', async (t) => {
  const folder = t.testdir({});
  for (const size of [0, 1, 4095, 4096, 300_000]) {
    const path = join(folder, `${size}`);
    writeFileSync(path, 'x'.repeat(size));
    t.equal(readFileUnlocked(path).length, size);
  }
});

const NO_PROC = process.platform === 'linux' ? false : 'only Linux has /proc/self/maps';

t.test('a file that does not tell its size is read to its end', { skip: NO_PROC }, async (t) => {
  const fd = openSync('/proc/self/maps', 'r');
  t.teardown(() => closeSync(fd));
  t.match(readWhole(fd).toString(), /\[stack\]/);
});

t.test('a missing file is empty where its folder is there', async (t) => {
  const folder = t.testdir({});
  t.equal(readFileUnlocked(join(folder, 'none')).length, 0);
  t.throws(() => readFileUnlocked(join(folder, 'none', 'none')), { code: 'ENOENT' });
});

t.test('what is no regular file is refused at once', async (t) => {
  const folder = t.testdir({});
  t.throws(() => readFileUnlocked(folder), { code: 'EISDIR' });
  if (process.platform === 'win32') return;
  const pipe = join(folder, 'pipe');
  t.equal(spawnSync('mkfifo', [pipe]).status, 0);
  t.throws(() => readFileUnlocked(pipe), { code: 'EINVAL' });
  t.throws(() => readFileUnlocked('/dev/zero'), { code: 'EINVAL' });
});

t.test('symbolic links are followed to the file, also where it is not there yet', async (t) => {
  const folder = realpathSync(t.testdir({ file: '' }));
  mkdirSync(join(folder, 'sub'));
  symlinkSync('../file', join(folder, 'sub', 'link'));
  symlinkSync('sub/link', join(folder, 'links'));
  symlinkSync('../new', join(folder, 'sub', 'dangling'));
  symlinkSync('sub/dangling', join(folder, 'danglings'));
  symlinkSync('sub', join(folder, 'linked-sub'));
  symlinkSync('loop', join(folder, 'loop'));
  symlinkSync('nowhere/new', join(folder, 'lost'));
  t.equal(resolveTarget(join(folder, 'links')), join(folder, 'file'));
  t.equal(resolveTarget(join(folder, 'danglings')), join(folder, 'new'));
  t.equal(resolveTarget(join(folder, 'linked-sub', 'dangling')), join(folder, 'new'));
  t.equal(resolveTarget(join(folder, 'none')), join(folder, 'none'));
  t.throws(() => resolveTarget(join(folder, 'loop')), { code: 'ELOOP' });
  t.throws(() => resolveTarget(join(folder, 'lost')), { code: 'ENOENT', path: join(folder, 'nowhere') });
});
