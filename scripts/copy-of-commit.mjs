import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's own folder. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * A folder with the last commit in it, the installed packages and what was built, for work that changes sources or
 * builds them otherwise. It is removed when this process ends.
 */
export function copyOfCommit() {
  const folder = mkdtempSync(join(tmpdir(), 'port-for-native-copy-'));
  process.once('exit', () => {
    call('git', ['worktree', 'remove', '--force', folder], ROOT);
    rmSync(folder, { recursive: true, force: true });
  });
  process.once('SIGINT', () => process.exit(130));
  must('git', ['worktree', 'add', '--detach', '--force', folder, 'HEAD'], ROOT);
  // Some tests run as an ordinary user.
  chmodSync(folder, 0o755);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  if (existsSync(join(ROOT, 'build')))
    cpSync(join(ROOT, 'build'), join(folder, 'build'), { recursive: true });
  return folder;
}

/**
 * Runs a program and returns its exit code; null if it was killed after `patience` ms.
 *
 * @param {string} program
 * @param {readonly string[]} words
 * @param {string} folder
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export function call(program, words, folder, options = {}) {
  return spawnSync(program, words, { cwd: folder, stdio: 'ignore', killSignal: 'SIGKILL', ...options })
    .status;
}

/**
 * The same for what has to succeed.
 *
 * @param {string} program
 * @param {readonly string[]} words
 * @param {string} folder
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export function must(program, words, folder, options) {
  if (call(program, words, folder, options) === 0) return;
  throw new Error(`${program} ${words.join(' ')} failed in ${folder}`);
}
