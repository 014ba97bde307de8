import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Folder } from '../../lib/store/folder';
import { run } from '../support/command';
import { ROOT } from '../support/dist';
import { ASSUME_NOBODY, NO_OTHER_USER, NOBODY, noNobody } from '../support/privilege';

const MERE_PATH = process.platform === 'win32' && 'a folder is a mere path on Windows';
const NO_PROC = process.platform !== 'linux' && 'only Linux shows open descriptors in /proc';

t.test('a folder is flushed as a folder', { skip: MERE_PATH }, async (t) => {
  const flushed: boolean[] = [];
  const fsyncSync = (fd: number) => {
    fs.fsyncSync(fd);
    flushed.push(fs.fstatSync(fd).isDirectory());
  };
  const mocks = { 'node:fs': { ...fs, fsyncSync } };
  const mocked = t.mockRequire<typeof import('../../lib/store/folder')>('../../lib/store/folder', mocks);
  const folder = new mocked.Folder(t.testdir({}));
  folder.flush();
  folder.close();
  t.strictSame(flushed, [true]);
});

t.test('what is done in a folder stays in it', { skip: MERE_PATH }, async (t) => {
  const path = t.testdir({ folder: { file: 'x' }, other: { file: 'y' } });
  const folder = new Folder(join(path, 'folder'));
  t.teardown(() => folder.close());
  fs.renameSync(join(path, 'folder'), join(path, 'moved'));
  fs.symlinkSync('other', join(path, 'folder'));
  fs.closeSync(folder.create('new', 0o600) ?? -1);
  folder.rename('file', 'renamed');
  folder.link('renamed', 'linked');
  t.equal(folder.remove('new'), true);
  folder.makeFolder('sub', 0o700);
  t.strictSame(fs.readdirSync(join(path, 'moved')), ['linked', 'renamed', 'sub']);
  t.strictSame(fs.readdirSync(join(path, 'other')), ['file']);
  t.throws(() => new Folder(join(path, 'folder')), { code: 'ENOTDIR' }, 'a link is no folder');
  t.throws(() => new Folder(join(path, 'folder', 'sub')), { code: 'ENOTDIR' }, 'nor a way to one');
});

t.test('a link in the place of a file is not followed', { skip: MERE_PATH }, async (t) => {
  const path = t.testdir({ file: 'x' });
  fs.symlinkSync('file', join(path, 'link'));
  const folder = new Folder(path);
  t.throws(() => folder.openIfThere('link', fs.constants.O_RDONLY), { code: 'ELOOP' });
  t.equal(folder.create('link', 0o600), undefined);
  t.equal(Number(folder.stat('link')?.mode) & fs.constants.S_IFMT, fs.constants.S_IFLNK);
});

t.test('a pipe in the place of a file is not waited for', { skip: MERE_PATH }, async (t) => {
  const path = t.testdir({});
  t.equal(spawnSync('mkfifo', [join(path, 'pipe')]).status, 0);
  const folder = new Folder(path);
  t.teardown(() => folder.close());
  t.throws(() => folder.openIfThere('pipe', fs.constants.O_RDONLY), { code: 'EINVAL' });
});

t.test('what is not there is told, not thrown', async (t) => {
  const folder = new Folder(t.testdir({ file: 'x' }));
  t.equal(folder.openIfThere('none', fs.constants.O_RDONLY), undefined);
  t.equal(folder.stat('none'), undefined);
  t.equal(folder.remove('none'), false);
  t.equal(folder.remove('file'), true);
  t.throws(() => folder.rename('none', 'other'), { code: 'ENOENT' });
});

t.test('a file is known by its number and its disk', { skip: MERE_PATH }, (t) => {
  const path = t.testdir({ file: 'x' });
  const folder = new Folder(path);
  t.teardown(() => folder.close());
  const { ino, dev, ...others } = fs.statSync(join(path, 'file'), { bigint: true });
  t.equal(folder.has('file', { ...others, ino, dev }), true);
  t.equal(folder.has('file', { ...others, ino: ino + 1n, dev }), false);
  t.equal(folder.has('file', { ...others, ino, dev: dev + 1n }), false);
  t.equal(folder.has('none', { ...others, ino, dev }), false);
  t.end();
});

t.test('what is there already is left as it is', { skip: MERE_PATH }, (t) => {
  const path = t.testdir({ file: 'x', other: 'y', sub: {} });
  const folder = new Folder(path);
  t.teardown(() => folder.close());
  t.equal(folder.create('file', 0o600), undefined);
  t.equal(folder.link('other', 'file'), false);
  t.equal(folder.link('other', 'linked'), true);
  t.equal(fs.readFileSync(join(path, 'file'), 'utf8'), 'x');
  t.throws(() => folder.link('none', 'new'), {
    code: 'ENOENT',
    syscall: 'link',
    path: join(path, 'none'),
  });
  t.throws(() => folder.openIfThere('sub', fs.constants.O_RDONLY), { code: 'EISDIR' });
  folder.makeFolder('sub', 0o700);
  const umask = process.umask(0);
  folder.makeFolder('made', 0o700);
  process.umask(umask);
  t.equal(fs.statSync(join(path, 'made')).mode & 0o777, 0o700);
  t.end();
});

t.test('a folder that cannot be flushed is no fault, a disk that fails is one', { skip: MERE_PATH }, (t) => {
  let code = 'EINVAL';
  const fsyncSync = () => {
    throw Object.assign(new Error(code), { code, syscall: 'fsync' });
  };
  const mocks = { 'node:fs': { ...fs, fsyncSync } };
  const mocked = t.mockRequire<typeof import('../../lib/store/folder')>('../../lib/store/folder', mocks);
  const folder = new mocked.Folder(t.testdir({}));
  t.teardown(() => folder.close());
  for (code of ['EACCES', 'EBADF', 'EINVAL', 'EISDIR', 'ENOTSUP']) folder.flush();
  code = 'EIO';
  t.throws(() => folder.flush(), { code: 'EIO' });
  t.end();
});

t.test('a folder that may be passed, but not listed, can be worked in', { skip: noNobody() }, async (t) => {
  const path = t.testdir({ file: 'x' });
  fs.chmodSync(path, 0o711);
  const program = `
    const addon = require('node-gyp-build')('${ROOT}');
    const folder = addon.openFolder('${path}');
    console.log(addon.openInFolder(folder, 'file', 0, 0));`;
  const command = `${ASSUME_NOBODY} ${process.execPath} -e "${program}"`;
  t.match(await run('sh', ['-c', command]), { stdout: /^\d+\n$/, stderr: '' });
});

t.test('no child inherits what is open', { skip: NO_PROC }, (t) => {
  const path = t.testdir({});
  const folder = new Folder(path);
  const file = folder.create('new', 0o600) ?? -1;
  t.teardown(() => {
    fs.closeSync(file);
    folder.close();
  });
  const { stdout } = spawnSync('ls', ['-l', '/proc/self/fd'], { encoding: 'utf8' });
  t.match(stdout, '/proc/');
  t.notMatch(stdout, path);
  t.end();
});

t.test('a folder is open until it is closed', { skip: NO_PROC }, (t) => {
  const path = t.testdir({});
  const count = () => fs.readdirSync('/proc/self/fd').length;
  const before = count();
  const folder = new Folder(path);
  folder.makeFolder('sub', 0o700, {
    uid: BigInt(process.getuid?.() ?? 0),
    gid: BigInt(process.getgid?.() ?? 0),
  });
  t.equal(count(), before + 1);
  folder.close();
  t.equal(count(), before);
  t.end();
});

t.test('what root makes in the folder of another user is that user’s', { skip: NO_OTHER_USER }, (t) => {
  const path = t.testdir({ theirs: { old: {} }, ours: {} });
  fs.chownSync(join(path, 'theirs'), NOBODY, NOBODY);
  const theirs = new Folder(join(path, 'theirs'));
  const ours = new Folder(join(path, 'ours'));
  const nobody = { uid: BigInt(NOBODY), gid: BigInt(NOBODY) };
  t.strictSame(theirs.heir(), nobody);
  t.strictSame([theirs.isOurs(), ours.isOurs()], [false, true]);
  t.equal(ours.heir(), undefined);
  theirs.makeFolder('old', 0o700, nobody);
  theirs.makeFolder('new', 0o700, theirs.heir());
  t.equal(fs.statSync(join(path, 'theirs', 'old')).uid, 0, 'what was there stays whose it was');
  t.match(fs.statSync(join(path, 'theirs', 'new')), { uid: NOBODY, gid: NOBODY });
  t.intercept(process, 'geteuid', { value: () => 1 });
  t.equal(theirs.heir(), undefined, 'only root gives anything away');
  theirs.close();
  ours.close();
  t.end();
});
