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

/** The function with a clock that runs only while it sleeps. */
function asleep(t: Test): { replaceFile: typeof replaceFile; slept: () => number } {
  let time = 0;
  const mocks = {
    '../../lib/timing/clock': { now: () => time },
    '../../lib/timing/sleep': {
      sleepSync: (ms: number) => {
        time += ms;
      },
    },
  };
  const path = '../../lib/store/replace-file';
  const mocked = t.mockRequire<typeof import('../../lib/store/replace-file')>(path, mocks);
  return { replaceFile: mocked.replaceFile, slept: () => time };
}

t.test('on Windows a file that somebody keeps open is tried again for half a second', async (t) => {
  const { failing } = place(t);
  // Loaded as on this system, whose addon they take.
  const refusals = ['EPERM', 'EACCES', 'EBUSY'].map((code) => ({ code, ...asleep(t) }));
  const { replaceFile, slept } = asleep(t);
  t.intercept(process, 'platform', { value: 'win32' });
  for (const { code, replaceFile, slept } of refusals) {
    let tries = 0;
    const isUnchanged = () => ++tries < 10_000;
    t.equal(failing('rename', code).replace(replaceFile, isUnchanged), 'refused', code);
    t.ok(tries > 100, `${tries} tries`);
    t.ok(slept() >= 500 && slept() < 600, `${slept()} ms`);
  }
  t.throws(() => failing('rename', 'ENOSPC').replace(replaceFile), { code: 'ENOSPC' });
  t.equal(slept(), 0, 'any other failure is final');
});

t.test('elsewhere a rename is tried once', async (t) => {
  const { failing } = place(t);
  t.intercept(process, 'platform', { value: 'linux' });
  const { replaceFile, slept } = asleep(t);
  t.equal(failing('rename', 'EBUSY').replace(replaceFile), 'refused');
  t.equal(slept(), 0);
});

t.test('the mode stays, whatever the umask', { skip: NO_MODES }, async (t) => {
  for (const mode of [0o600, 0o644, 0o666, 0o4755]) {
    const { path, replace } = place(t, mode);
    t.equal(replace(), 'done');
    t.equal(fs.statSync(path).mode & 0o7777, mode);
  }
});

t.test('the owner and the group stay', { skip: NO_OTHER_USER }, async (t) => {
  for (const [owner, group] of [
    [NOBODY, 1],
    [NOBODY, 0],
    [0, 1],
  ] as const) {
    const { path, replace } = place(t, 0o640);
    fs.chownSync(path, owner, group);
    t.equal(replace(), 'done');
    const { uid, gid, mode } = fs.statSync(path);
    t.strictSame({ uid, gid, mode: mode & 0o7777 }, { uid: owner, gid: group, mode: 0o640 });
  }
});

t.test('a new file has its owner and mode when it is flushed, and nobody else reads it before', async (t) => {
  const modes: number[] = [];
  const note = (fd: number) => modes.push(fs.fstatSync(fd).mode & 0o777);
  const mocks = {
    'node:fs': {
      ...fs,
      writeFileSync: (fd: number, content: Buffer) => {
        note(fd);
        fs.writeFileSync(fd, content);
      },
      fsyncSync: (fd: number) => {
        note(fd);
        fs.fsyncSync(fd);
      },
    },
  };
  const path = '../../lib/store/replace-file';
  const mocked = t.mockRequire<typeof import('../../lib/store/replace-file')>(path, mocks);
  t.equal(place(t, 0o640).replace(mocked.replaceFile), 'done');
  t.strictSame(modes, [0o600, 0o640], { skip: NO_MODES });
});

t.test('a new file can be written by its owner alone, whatever the umask', { skip: NO_MODES }, async (t) => {
  const { folder } = place(t);
  const umask = process.umask(0);
  t.teardown(() => process.umask(umask));
  t.equal(makeFile(new Folder(folder), 'other', NEW), true);
  t.equal(fs.statSync(join(folder, 'other')).mode & 0o777, 0o644);
});

t.test(
  'no descriptor is left open',
  { skip: process.platform !== 'linux' && 'only Linux lists them' },
  (t) => {
    const { folder, replace, failing } = place(t);
    const opened = new Folder(folder);
    t.teardown(() => opened.close());
    const count = () => fs.readdirSync('/proc/self/fd').length;
    const unwritable = failing('rename', 'EBUSY');
    const before = count();
    t.equal(replace(), 'done');
    t.equal(
      replace(replaceFile, () => false),
      'late',
    );
    t.equal(unwritable.replace(), 'refused');
    t.equal(makeFile(opened, 'other', NEW), true);
    t.equal(makeFile(opened, 'other', NEW), false);
    t.equal(count(), before);
    t.end();
  },
);

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
    // EINVAL: an owner that this user namespace does not know.
    for (const code of ['EPERM', 'EINVAL']) {
      t.equal(replace(failing(t, 'fchownSync', code).replaceFile), 'refused', code);
    }
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
  for (const code of ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL', 'EMLINK']) {
    const { folder } = place(t);
    const noLinks = new Folder(folder);
    noLinks.link = () => refuse(code, 'link');
    t.equal(makeFile(noLinks, 'file', NEW), false);
    t.equal(makeFile(noLinks, 'other', NEW), true);
    t.equal(fs.readFileSync(join(folder, 'other'), 'utf8'), 'new');
    t.strictSame(fs.readdirSync(folder), ['file', 'other'], code);
  }
});

t.test('what is in the way of the new file is told', async (t) => {
  const { folder, path, replace } = place(t);
  fs.writeFileSync(join(folder, '.file.new'), '');
  t.throws(() => replace(), { code: 'EEXIST', syscall: 'open', message: '.file.new is in the way' });
  t.equal(fs.readFileSync(path, 'utf8'), 'old');
});

t.test('a second name that may not be removed does no harm, a disk that fails is told', async (t) => {
  const { folder } = place(t);
  const stuck = new Folder(folder);
  stuck.remove = () => refuse('EACCES', 'unlink');
  t.equal(makeFile(stuck, 'made', NEW), true);
  t.equal(fs.readFileSync(join(folder, 'made'), 'utf8'), 'new');
  fs.unlinkSync(join(folder, '.made.new'));
  stuck.remove = () => refuse('EIO', 'unlink');
  t.throws(() => makeFile(stuck, 'other', NEW), { code: 'EIO' });
});
