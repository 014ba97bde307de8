import * as fs from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Folder } from '../../lib/store/folder';

const MERE_PATH = process.platform === 'win32' && 'a folder is a mere path on Windows';

t.test('a folder is flushed as a folder', { skip: MERE_PATH }, async (t) => {
  const flushed: boolean[] = [];
  const fsyncSync = (fd: number) => {
    flushed.push(fs.fstatSync(fd).isDirectory());
    fs.fsyncSync(fd);
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

t.test('what is not there is told, not thrown', async (t) => {
  const folder = new Folder(t.testdir({ file: 'x' }));
  t.equal(folder.openIfThere('none', fs.constants.O_RDONLY), undefined);
  t.equal(folder.stat('none'), undefined);
  t.equal(folder.remove('none'), false);
  t.equal(folder.remove('file'), true);
  t.throws(() => folder.rename('none', 'other'), { code: 'ENOENT' });
});
