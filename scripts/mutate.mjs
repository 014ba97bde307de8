// Puts small faults into the code, one at a time, and checks that the tests notice them.
//
//   npm run test:mutate                     all of test/mutants/
//   npm run test:mutate -- lib/pick native  those whose file's path begins so
//
// Works on a copy of the last commit, so that the working tree stays as it is. Fails when a mutant lives that is not
// listed with a reason, and when one no longer fits the code.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MUTANTS } from '../test/mutants/index.mjs';

/** How long the tests of one mutant may take, in ms: one that makes a test hang is noticed too. */
const PATIENCE = 180_000;

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const wanted = process.argv.slice(2);
const chosen = MUTANTS.filter(
  ({ file }) => wanted.length === 0 || wanted.some((path) => file.startsWith(path)),
);

const copy = mkdtempSync(join(tmpdir(), 'port-for-native-mutants-'));
process.once('exit', () => {
  call('git', ['worktree', 'remove', '--force', copy], ROOT);
  rmSync(copy, { recursive: true, force: true });
});
process.once('SIGINT', () => process.exit(130));
prepare();

/** @type {Record<'noticed' | 'known' | 'alive' | 'stale', string[]>} */
const outcomes = { noticed: [], known: [], alive: [], stale: [] };
for (const mutant of chosen) {
  const outcome = judge(mutant);
  outcomes[outcome].push(mutant.name);
  print(`${outcome.padEnd(8)} ${mutant.file}: ${mutant.name}`);
}
const { noticed, known, alive, stale } = outcomes;
const counted = noticed.length + alive.length;
print(
  `${noticed.length} of ${counted} noticed, ${alive.length} alive, ${known.length} known, ${stale.length} stale`,
);
process.exitCode = alive.length + stale.length === 0 ? 0 : 1;

function prepare() {
  must('git', ['worktree', 'add', '--detach', '--force', copy, 'HEAD'], ROOT);
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'dir');
  for (const built of ['build', 'dist']) {
    if (existsSync(join(ROOT, built))) cpSync(join(ROOT, built), join(copy, built), { recursive: true });
  }
  must('npm', ['run', 'build'], copy);
}

/**
 * @param {import('../test/mutants/index.mjs').Mutant} mutant
 * @returns {keyof typeof outcomes}
 */
function judge({ file, find, replace, tests, lives }) {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(find).length !== 2) return 'stale';
  writeFileSync(
    path,
    text.replace(find, () => replace),
  );
  try {
    const isNoticed =
      build(file) !== 0 || call('npx', ['tap', '--disable-coverage', '--bail', ...tests], copy) !== 0;
    if (isNoticed) return 'noticed';
    return lives === undefined ? 'alive' : 'known';
  } finally {
    writeFileSync(path, text);
    if (file.startsWith('native/')) must('npm', ['run', 'build:native'], copy);
  }
}

/** A mutant that does not compile is noticed by the compiler. @param {string} file */
function build(file) {
  return call('npm', ['run', file.startsWith('native/') ? 'build:native' : 'build:ts'], copy);
}

/** @param {string} program @param {string[]} words @param {string} folder */
function must(program, words, folder) {
  if (call(program, words, folder) === 0) return;
  throw new Error(`${program} ${words.join(' ')} failed in ${folder}`);
}

/** @param {string} program @param {string[]} words @param {string} folder */
function call(program, words, folder) {
  return spawnSync(program, words, { cwd: folder, stdio: 'ignore', timeout: PATIENCE, killSignal: 'SIGKILL' })
    .status;
}

/** @param {string} line */
function print(line) {
  process.stdout.write(`${line}\n`);
}
