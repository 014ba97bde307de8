import * as fs from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Folder } from '../../lib/store/folder';
import { makeFile, type Replacement, replaceFile } from '../../lib/store/replace-file';
import { NO_MODES, NO_REPLACING_OPEN, NO_SYMLINKS } from '../support/file-system';
import { NO_OTHER_USER, NOBODY } from '../support/privilege';

const NEW = Buffer.from('new');

interface Place {
  readonly path: string;
  readonly folder: string;
  /** Replaces the file by a function of this module, or by one that is given. */
  replace(as?: typeof replaceFile, isUnchanged?: () => boolean): Replacement;
  failing(call: keyof Folder, code: string): Place;
}

function place(t: Test, mode = 0o644): Place {
  const folder = t.testdir({ file: 'old' });
  fs.chmodSync(join(folder, 'file'), mode);
  return placeIn(new Folder(folder));
}

function placeIn(folder: Folder): Place {
  const path = join(folder.path, 'file');
  return {
    path,
    folder: folder.path,
    replace: (as = replaceFile, isUnchanged = () => true) =>
      as(folder, 'file', fs.statSync(path, { bigint: true }), NEW, isUnchanged),
    failing: (call, code) => {
      const failing = new Folder(folder.path);
      Object.defineProperty(failing, call, { value: () => refuse(code, call) });
      return placeIn(failing);
    },
  };
}

function refuse(code: string, syscall: string): never {
  throw Object.assign(new Error(code), { code, syscall });
}

/** The functions with one call of node:fs failing. */
function failing(t: Test, call: 'fsyncSync' | 'fchownSync' | 'writeFileSync', code: string) {
  const mocks = { 'node:fs': { ...fs, [call]: () => refuse(code, call) } };
  const path = '../../lib/store/replace-file';
  return t.mockRequire<typeof import('../../lib/store/replace-file')>(path, mocks);
}

t.test('another file with the new content takes the place of the old', async (t) => {
  const { folder, path, replace } = place(t);
  t.equal(replace(), 'done');
  t.equal(fs.readFileSync(path, 'utf8'), 'new');
  t.strictSame(fs.readdirSync(folder), ['file']);
});

t.test('who has the old file open still reads it whole', { skip: NO_REPLACING_OPEN }, async (t) => {
  const { path, replace } = place(t);
  const fd = fs.openSync(path, 'r');
  t.teardown(() => fs.closeSync(fd));
  t.equal(replace(), 'done');
  t.equal(fs.readFileSync(path, 'utf8'), 'new');
  t.equal(fs.readFileSync(fd, 'utf8'), 'old');
});

t.test(
  'where no file that is open can be replaced, it is left alone',
  { skip: !NO_REPLACING_OPEN },
  async (t) => {
    const { folder, path, replace } = place(t);
    const fd = fs.openSync(path, 'r');
    t.equal(replace(), 'refused');
    t.equal(fs.readFileSync(path, 'utf8'), 'old');
    t.strictSame(fs.readdirSync(folder), ['file']);
    fs.closeSync(fd);
    t.equal(replace(), 'done');
  },
);

t.test('on Windows a file that changes while somebody has it open is not replaced', async (t) => {
  const { folder, path, failing } = place(t);
  t.intercept(process, 'platform', { value: 'win32' });
  let looks = 0;
  const isUnchanged = () => looks++ < 2;
  t.equal(failing('rename', 'EPERM').replace(replaceFile, isUnchanged), 'late');
  t.equal(looks, 3, 'it is looked at before each try');
  t.equal(fs.readFileSync(path, 'utf8'), 'old');
  t.strictSame(fs.readdirSync(folder), ['file']);
});

t.test('the mode stays, whatever the umask', { skip: NO_MODES }, async (t) => {
  for (const mode of [0o600, 0o644, 0o666, 0o4755]) {
    const { path, replace } = place(t, mode);
    t.equal(replace(), 'done');
    t.equal(fs.statSync(path).mode & 0o7777, mode);
  }
});

t.test('the owner stays', { skip: NO_OTHER_USER }, async (t) => {
  const { path, replace } = place(t, 0o640);
  fs.chownSync(path, NOBODY, 1);
  t.equal(replace(), 'done');
  const { uid, gid, mode } = fs.statSync(path);
  t.strictSame({ uid, gid, mode: mode & 0o7777 }, { uid: NOBODY, gid: 1, mode: 0o640 });
});

t.test('a file with further hard links is not replaced', async (t) => {
  const { folder, path, replace } = place(t);
  fs.linkSync(path, join(folder, 'link'));
  t.equal(replace(), 'refused');
  t.equal(fs.readFileSync(path, 'utf8'), 'old');
});

t.test('a file that is changed at the last moment is not replaced', async (t) => {
  const { folder, path, replace } = place(t);
  const seen: string[][] = [];
  const isUnchanged = () => {
    seen.push(fs.readdirSync(folder));
    return false;
  };
  t.equal(replace(replaceFile, isUnchanged), 'late');
  t.strictSame(seen, [['.file.new', 'file']], 'it is asked when the new file is ready');
  t.strictSame(fs.readdirSync(folder), ['file']);
  t.equal(fs.readFileSync(path, 'utf8'), 'old');
});

t.test(
  'where the system does not let a file be replaced, it says so and leaves nothing behind',
  async (t) => {
    const { folder, path, failing } = place(t);
    for (const code of ['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EXDEV']) {
      t.equal(failing('rename', code).replace(), 'refused', code);
      t.equal(failing('create', code).replace(), 'refused', code);
    }
    t.strictSame(fs.readdirSync(folder), ['file']);
    t.equal(fs.readFileSync(path, 'utf8'), 'old');
  },
);

t.test(
  'a file whose owner cannot be given to another is not replaced',
  { skip: NO_OTHER_USER },
  async (t) => {
    const { folder, path, replace } = place(t);
    fs.chownSync(path, NOBODY, NOBODY);
    t.equal(replace(failing(t, 'fchownSync', 'EPERM').replaceFile), 'refused');
    t.strictSame(fs.readdirSync(folder), ['file']);
  },
);

t.test('after any other failure all is as before', async (t) => {
  const { folder, path, replace, failing: failingAt } = place(t);
  for (const call of ['fsyncSync', 'writeFileSync'] as const) {
    t.throws(() => replace(failing(t, call, 'ENOSPC').replaceFile), { code: 'ENOSPC' });
  }
  for (const call of ['rename', 'create'] as const) {
    t.throws(() => failingAt(call, 'ENOSPC').replace(), { code: 'ENOSPC' });
  }
  t.strictSame(fs.readdirSync(folder), ['file']);
  t.equal(fs.readFileSync(path, 'utf8'), 'old');
});

t.test('the content is on the disk before the file is renamed, and its folder after that', async (t) => {
  const steps: string[] = [];
  const { folder } = place(t);
  const watched = new Folder(folder);
  const note = (call: 'rename' | 'link' | 'flush') => {
    const real = watched[call].bind(watched) as (...words: string[]) => boolean;
    Object.defineProperty(watched, call, {
      value: (...words: string[]) => {
        steps.push(call);
        return real(...words);
      },
    });
  };
  note('rename');
  note('link');
  note('flush');
  const fsyncSync = (fd: number) => {
    steps.push(fs.fstatSync(fd).isFile() ? `content ${fs.fstatSync(fd).size}` : 'other');
    fs.fsyncSync(fd);
  };
  const path = '../../lib/store/replace-file';
  const mocks = { 'node:fs': { ...fs, fsyncSync } };
  const mocked = t.mockRequire<typeof import('../../lib/store/replace-file')>(path, mocks);
  t.equal(placeIn(watched).replace(mocked.replaceFile), 'done');
  t.equal(mocked.makeFile(watched, 'other', NEW), true);
  t.strictSame(steps, ['content 3', 'rename', 'flush', 'content 3', 'link', 'flush']);
});

t.test('a file is made only where there is none', async (t) => {
  const { folder, path } = place(t);
  t.equal(makeFile(new Folder(folder), 'file', NEW), false);
  t.equal(fs.readFileSync(path, 'utf8'), 'old');
});

t.test('a dangling link counts as a file', { skip: NO_SYMLINKS }, async (t) => {
  const { folder } = place(t);
  fs.symlinkSync('nowhere', join(folder, 'link'));
  t.equal(makeFile(new Folder(folder), 'link', NEW), false);
  t.strictSame(fs.readdirSync(folder), ['file', 'link']);
});

t.test('a file is made where the file system knows no hard links', async (t) => {
  const { folder } = place(t);
  const noLinks = new Folder(folder);
  noLinks.link = () => refuse('EPERM', 'link');
  t.equal(makeFile(noLinks, 'file', NEW), false);
  t.equal(makeFile(noLinks, 'other', NEW), true);
  t.equal(fs.readFileSync(join(folder, 'other'), 'utf8'), 'new');
  t.strictSame(fs.readdirSync(folder), ['file', 'other']);
});
