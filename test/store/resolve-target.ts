import { chmodSync, chownSync, lchownSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { resolveTarget, resolveToWrite } from '../../lib/store/resolve-target';
import { NO_SYMLINKS } from '../support/file-system';
import { NO_OTHER_USER, NOBODY } from '../support/privilege';

t.test(
  'symbolic links are followed to the file, also where it is not there yet',
  { skip: NO_SYMLINKS },
  async (t) => {
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
  },
);

t.test('forty links are followed, as the kernel does, and no more', { skip: NO_SYMLINKS }, async (t) => {
  const folder = realpathSync(t.testdir({ file: '' }));
  for (let link = 1; link <= 41; link++) {
    symlinkSync(link === 1 ? 'file' : `link${link - 1}`, join(folder, `link${link}`));
  }
  t.equal(resolveTarget(join(folder, 'link40')), join(folder, 'file'));
  const problem = { code: 'ELOOP', syscall: 'lstat', path: join(folder, 'link41') };
  t.throws(() => resolveTarget(join(folder, 'link41')), problem);
});

t.test('what is no folder is told as such, and a folder may be the target', async (t) => {
  const folder = realpathSync(t.testdir({ file: '', sub: {} }));
  t.equal(resolveTarget(join(folder, 'sub')), join(folder, 'sub'));
  const problem = { code: 'ENOTDIR', syscall: 'lstat', path: /file$/ };
  t.throws(() => resolveTarget(join(folder, 'file', 'deeper')), problem);
  t.throws(() => resolveTarget(join(folder, 'none', 'deeper')), { code: 'ENOENT' });
});

t.test('every part of a path may be a link, up or down', { skip: NO_SYMLINKS }, async (t) => {
  const folder = realpathSync(t.testdir({ a: { b: { file: '' } } }));
  symlinkSync('a/b/..', join(folder, 'up'));
  symlinkSync(join(folder, 'a'), join(folder, 'absolute'));
  symlinkSync('/', join(folder, 'root'));
  t.equal(resolveTarget(join(folder, 'up', 'b', 'file')), join(folder, 'a', 'b', 'file'));
  t.equal(resolveTarget(join(folder, 'absolute', 'b', 'file')), join(folder, 'a', 'b', 'file'));
  t.equal(resolveTarget(join(folder, 'root', folder, 'a', 'b', 'file')), join(folder, 'a', 'b', 'file'));
});

t.test(
  'root writes through no link that another user could have made',
  { skip: NO_OTHER_USER },
  async (t) => {
    const folder = realpathSync(t.testdir({ file: '', theirs: {}, open: {}, sticky: {} }));
    const target = join(folder, 'file');
    const link = (...parts: string[]) => {
      const place = join(folder, ...parts);
      symlinkSync(target, place);
      return place;
    };
    const refused = {
      code: 'ERR_PORT_CONFIG_ACCESS',
      message: /is a link that another user could have made.*file\)$/,
    };

    t.equal(resolveToWrite(link('ours')), target, 'in a folder of its own');
    const foreign = link('foreign');
    lchownSync(foreign, NOBODY, NOBODY);
    t.throws(() => resolveToWrite(foreign), refused, 'a link of theirs');
    chownSync(join(folder, 'theirs'), NOBODY, NOBODY);
    t.throws(() => resolveToWrite(link('theirs', 'link')), refused, 'a link of root in a folder of theirs');
    for (const mode of [0o777, 0o775, 0o757]) {
      chmodSync(join(folder, 'open'), mode);
      t.throws(() => resolveToWrite(link('open', `link${mode}`)), refused, 'and in one that they may write');
    }
    chmodSync(join(folder, 'sticky'), 0o1777);
    t.equal(
      resolveToWrite(link('sticky', 'link')),
      target,
      'unless they cannot touch what is root\u2019s there',
    );
    const theirsInSticky = link('sticky', 'theirs');
    lchownSync(theirsInSticky, NOBODY, NOBODY);
    t.throws(() => resolveToWrite(theirsInSticky), refused);
    process.seteuid?.(NOBODY);
    try {
      t.equal(resolveToWrite(foreign), target, 'another user follows them all');
    } finally {
      process.seteuid?.(0);
    }
    t.equal(resolveTarget(foreign), target, 'who reads follows them all');
  },
);
