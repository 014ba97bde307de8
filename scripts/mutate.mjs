// Puts small faults into the code, one at a time, and checks that the tests notice them.
//
//   npm run test:mutate                     all of test/mutants/
//   npm run test:mutate -- lib/pick native  those whose file's path begins so
//
// Works on a copy of the last commit, so that the working tree stays as it is. Fails when a mutant lives that is not
// listed with a reason, and when one no longer fits the code.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTANTS } from '../test/mutants/index.mjs';
import { call, copyOfCommit, must } from './copy-of-commit.mjs';

/** How long the tests of one mutant may take, in ms: one that makes a test hang is noticed too. */
const PATIENCE = 180_000;

const wanted = process.argv.slice(2);
const chosen = MUTANTS.filter(
  ({ file }) => wanted.length === 0 || wanted.some((path) => file.startsWith(path)),
);

const copy = copyOfCommit();
must('npm', ['run', 'build'], copy);

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
    const isNoticed = build(file) !== 0 || test(tests) !== 0;
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

/** @param {readonly string[]} files */
function test(files) {
  return call('npx', ['tap', '--disable-coverage', '--bail', ...files], copy, { timeout: PATIENCE });
}

/** @param {string} line */
function print(line) {
  process.stdout.write(`${line}\n`);
}
