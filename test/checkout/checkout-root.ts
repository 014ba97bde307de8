import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { checkoutRoot, realFolder } from '../../lib/checkout/checkout-root';
import { NO_SYMLINKS } from '../support/file-system';

t.test('the root is the nearest folder above with .git, a folder or a file', async (t) => {
  const folder = realpathSync(
    t.testdir({
      repository: { '.git': {}, 'package.json': '{}', packages: { api: { 'package.json': '{}', src: {} } } },
      worktree: { '.git': 'gitdir: elsewhere', src: { deep: {} } },
    }),
  );
  t.equal(checkoutRoot(join(folder, 'repository/packages/api/src')), join(folder, 'repository'));
  t.equal(checkoutRoot(join(folder, 'worktree/src/deep')), join(folder, 'worktree'));
  t.equal(checkoutRoot(join(folder, 'worktree')), join(folder, 'worktree'));
});

t.test('a symbolic link stands for the folder behind it', { skip: NO_SYMLINKS }, async (t) => {
  const folder = realpathSync(t.testdir({ real: { '.git': {}, src: {} } }));
  symlinkSync(join(folder, 'real'), join(folder, 'link'));
  t.equal(checkoutRoot(join(folder, 'link/src')), join(folder, 'real'));
  t.equal(realFolder(join(folder, 'link/src/..')), join(folder, 'real'));
});

t.test('what is no folder is refused by name', async (t) => {
  const folder = t.testdir({ file: '' });
  for (const path of [join(folder, 'none'), join(folder, 'file'), join(folder, 'file/none')]) {
    t.throws(() => checkoutRoot(path), {
      code: 'ERR_PORT_NO_FOLDER',
      message: /there is no folder ".*(none|file)"/,
    });
  }
  t.throws(() => realFolder(''), { code: 'ERR_PORT_INVALID_VALUE' });
  t.throws(() => realFolder('a\0b'), { code: 'ERR_PORT_INVALID_VALUE' });
  t.throws(() => realFolder(5), { code: 'ERR_PORT_INVALID_TYPE' });
});

t.test(
  'a name that is not UTF-8 is refused',
  { skip: process.platform !== 'linux' && 'names are text here' },
  async (t) => {
    const folder = realpathSync(t.testdir({}));
    const mangled = Buffer.concat([Buffer.from(join(folder, 'caf')), Buffer.from([0xe9])]);
    mkdirSync(mangled);
    const link = join(folder, 'link');
    symlinkSync(mangled, link);
    const expected = {
      code: 'ERR_PORT_INVALID_VALUE',
      message: /"[^"]*\/caf\uFFFD" .* not UTF-8: rename it$/,
    };
    t.throws(() => checkoutRoot(link), expected);
    // As process.cwd() tells it.
    t.throws(() => checkoutRoot(mangled.toString()), expected);
  },
);

t.test('without .git the nearest folder that begins a project counts, else the folder itself', async (t) => {
  // Anything above a test's folder is in this checkout, so look where no repository is.
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'port-for-test-')));
  t.teardown(() => rmSync(root, { recursive: true }));
  for (const path of ['p/src', 'q/r', 'plain/deep']) mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, 'p/package.json'), '{}');
  writeFileSync(join(root, 'q/.ports'), 'web\n');
  if (checkoutRoot(root) !== root) {
    t.comment('skipped: the folder for temporary files is part of a project');
    return;
  }
  t.equal(checkoutRoot(join(root, 'p/src')), join(root, 'p'));
  t.equal(checkoutRoot(join(root, 'q/r')), join(root, 'q'));
  t.equal(checkoutRoot(join(root, 'plain/deep')), join(root, 'plain/deep'));
});
