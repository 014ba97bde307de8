/**
 * Lays the checkout out for a runtime that cannot compile TypeScript on the way: a copy with `lib/` and `test/`
 * compiled, and with the prebuilt addons in place of the built one.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

export async function stage(root) {
  // Short: the path of a Unix socket has 108 bytes at most.
  const folder = mkdtempSync(join(tmpdir(), 'systems-'));
  // Some tests go on as another user.
  chmodSync(folder, 0o755);
  // Tests of checkouts need to be in one.
  execFileSync('git', ['init', '--quiet', folder]);
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  const files = listed
    .toString()
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)));
  for (const path of [...files, 'dist', 'prebuilds']) {
    cpSync(join(root, path), join(folder, path), { recursive: true, preserveTimestamps: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  await build({
    entryPoints: files
      .filter((path) => /^(lib|test)\/.*(?<!\.d)\.ts$/.test(path))
      .map((path) => join(folder, path)),
    outbase: folder,
    outdir: folder,
    format: 'cjs',
    platform: 'node',
    target: 'node20.17',
    logLevel: 'error',
  });
  // Tests start some of their helpers as they are in the checkout, by tap's loader for TypeScript.
  for (const path of files.filter((path) => /^test\/support\/.*\.ts$/.test(path))) {
    cpSync(join(folder, path.replace(/\.ts$/, '.js')), join(folder, path));
  }
  return { folder, tests: testFiles(files) };
}

/** The tests that `npm test` runs, as it finds them. */
function testFiles(files) {
  const left = /^test\/(fixtures|support|installs|torture|mutants)\//;
  return files.filter((path) => /^test\/.*\.ts$/.test(path) && !left.test(path)).sort();
}
