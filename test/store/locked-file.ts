import {
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { addon } from '../../lib/addon/addon';
import { tryUpdate } from '../../lib/store/locked-file';

const decide = (text: string) => () => ({ result: text, content: Buffer.from(text) });

function hold(t: Test, path: string): () => void {
  const fd = openSync(path, 'r+');
  let isOpen = true;
  const release = () => {
    if (isOpen) closeSync(fd);
    isOpen = false;
  };
  t.teardown(release);
  t.equal(addon.tryLock(fd), true);
  return release;
}

t.test('a file is read and changed in one go', async (t) => {
  const path = join(t.testdir({ file: 'old' }), 'file');
  const decision = tryUpdate(path, (content) => {
    t.equal(content.toString(), 'old');
    return { result: 7, content: Buffer.from('new') };
  });
  t.equal(decision?.result, 7);
  t.equal(readFileSync(path, 'utf8'), 'new');
});

t.test('a file that is locked by somebody else is left alone', async (t) => {
  const path = join(t.testdir({ file: 'old' }), 'file');
  const release = hold(t, path);
  let isAsked = false;
  const ask = () => {
    isAsked = true;
    return { result: undefined };
  };
  t.equal(tryUpdate(path, ask), undefined);
  t.equal(isAsked, false);
  release();
  t.equal(tryUpdate(path, decide('new'))?.result, 'new');
});

t.test('the lock is held while the decision is made, and not afterwards', async (t) => {
  const path = join(t.testdir({ file: 'old' }), 'file');
  tryUpdate(path, () => {
    t.equal(tryUpdate(path, decide('in between')), undefined);
    return { result: undefined };
  });
  t.throws(() =>
    tryUpdate(path, () => {
      throw new Error('undecided');
    }),
  );
  t.equal(tryUpdate(path, decide('new'))?.result, 'new');
});

t.test('the lock of a file that has been replaced meanwhile does not count', async (t) => {
  const folder = t.testdir({ file: 'old', other: 'other' });
  const path = join(folder, 'file');
  const fs = await import('node:fs');
  let isReplaced = false;
  const openSyncAndReplace: typeof openSync = (...args) => {
    const fd = openSync(...args);
    if (!isReplaced) renameSync(join(folder, 'other'), path);
    isReplaced = true;
    return fd;
  };
  const configFile = t.mockRequire<typeof import('../../lib/store/config-file')>(
    '../../lib/store/config-file',
    {
      'node:fs': { ...fs, openSync: openSyncAndReplace },
    },
  );
  const mocked = t.mockRequire<typeof import('../../lib/store/locked-file')>('../../lib/store/locked-file', {
    '../../lib/store/config-file': configFile,
  });
  mocked.tryUpdate(path, (content) => {
    t.equal(content.toString(), 'other');
    return { result: undefined };
  });
  t.equal(isReplaced, true);
});

t.test('a file that was not there is made readable for all, as the umask allows', async (t) => {
  const path = join(t.testdir({}), 'file');
  const umask = process.umask(0o027);
  t.teardown(() => process.umask(umask));
  tryUpdate(path, decide('new'));
  t.equal(readFileSync(path, 'utf8'), 'new');
  t.equal(statSync(path).mode & 0o7777, 0o640);
});

t.test('a file that was not there is not there after a failure, or after nothing was to do', async (t) => {
  const folder = t.testdir({});
  const path = join(folder, 'file');
  t.equal(tryUpdate(path, () => ({ result: 1 }))?.result, 1);
  t.throws(() =>
    tryUpdate(path, () => {
      throw new Error('undecided');
    }),
  );
  t.strictSame(readdirSync(folder), []);
});

t.test('the lock is let go even where a file that was made for it cannot be removed', async (t) => {
  const path = join(t.testdir({}), 'file');
  const refusal = Object.assign(new Error('read-only'), { code: 'EROFS', syscall: 'unlink' });
  const unlinkSync = () => {
    throw refusal;
  };
  const mocked = t.mockRequire<typeof import('../../lib/store/locked-file')>('../../lib/store/locked-file', {
    'node:fs': { ...(await import('node:fs')), unlinkSync },
  });
  t.throws(() => mocked.tryUpdate(path, () => ({ result: 1 })), refusal);
  t.equal(tryUpdate(path, decide('new'))?.result, 'new');
});

t.test('an empty file that was there stays', async (t) => {
  const path = join(t.testdir({ file: '' }), 'file');
  tryUpdate(path, () => ({ result: 1 }));
  t.equal(existsSync(path), true);
});

t.test('a symbolic link stays a link', async (t) => {
  const folder = t.testdir({ file: 'old' });
  symlinkSync('file', join(folder, 'link'));
  symlinkSync('made', join(folder, 'dangling'));
  tryUpdate(join(folder, 'link'), decide('new'));
  tryUpdate(join(folder, 'dangling'), decide('made'));
  t.equal(readlinkSync(join(folder, 'link')), 'file');
  t.equal(readlinkSync(join(folder, 'dangling')), 'made');
  t.equal(lstatSync(join(folder, 'file')).isFile(), true);
  t.equal(readFileSync(join(folder, 'file'), 'utf8'), 'new');
  t.equal(readFileSync(join(folder, 'made'), 'utf8'), 'made');
});

t.test('a hard link stays a link to the same file', async (t) => {
  const folder = t.testdir({ file: 'old and longer' });
  linkSync(join(folder, 'file'), join(folder, 'link'));
  tryUpdate(join(folder, 'link'), decide('new'));
  t.equal(readFileSync(join(folder, 'file'), 'utf8'), 'new');
  t.equal(statSync(join(folder, 'file')).ino, statSync(join(folder, 'link')).ino);
});
