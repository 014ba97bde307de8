import * as fs from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Folder } from '../../lib/store/folder';

t.test('a folder is flushed as a folder, and left open by nobody', async (t) => {
  const path = t.testdir({});
  const flushed: boolean[] = [];
  const closed: number[] = [];
  const mocks = {
    'node:fs': {
      ...fs,
      fsyncSync: (fd: number) => {
        flushed.push(fs.fstatSync(fd).isDirectory());
        fs.fsyncSync(fd);
      },
      closeSync: (fd: number) => {
        closed.push(fd);
        fs.closeSync(fd);
      },
    },
  };
  const mocked = t.mockRequire<typeof import('../../lib/store/folder')>('../../lib/store/folder', mocks);
  new mocked.Folder(path).flush();
  t.strictSame(flushed, [true]);
  t.equal(closed.length, 1);
});

t.test('a link in the place of a file is not followed', { skip: process.platform === 'win32' }, async (t) => {
  const path = t.testdir({ file: 'x' });
  fs.symlinkSync('file', join(path, 'link'));
  const folder = new Folder(path);
  t.throws(() => folder.open('link', fs.constants.O_RDONLY), { code: 'ELOOP' });
  t.equal(folder.create('link', 0o600), undefined);
  t.equal(folder.stat('link')?.isSymbolicLink(), true);
});

t.test('what is not there is told, not thrown', async (t) => {
  const folder = new Folder(t.testdir({ file: 'x' }));
  t.equal(folder.openIfThere('none', fs.constants.O_RDONLY), undefined);
  t.equal(folder.stat('none'), undefined);
  t.equal(folder.remove('none'), false);
  t.equal(folder.remove('file'), true);
  t.throws(() => folder.rename('none', 'other'), { code: 'ENOENT' });
});
