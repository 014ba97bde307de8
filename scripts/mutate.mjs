// Puts small faults into the code, one at a time, and checks that the tests notice them.
//
//   npm run test:mutate                       all of test/mutants/
//   npm run test:mutate -- lib/pick native    those whose file's path begins so; a path may be followed by `: NAME`
//   npm run test:mutate -- --stale            only whether each mutant still fits the code
//   npm run test:mutate -- --trust native     without running the tests on the code as it is first
//
// Works on two copies of the last commit, side by side, so that the working tree stays as it is. The tests named by the
// mutants have to pass first. Fails when fewer than nine of ten mutants are noticed, when one no longer fits the code, and
// when one that is known to live is noticed.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MUTANTS } from '../test/mutants/index.mjs';
import { call, copyOfCommit, must, ROOT } from './copy-of-commit.mjs';

/**
 * How long one test file may take, in ms. A mutant that makes it hang is noticed too, and reported as `hangs`, since a
 * machine that is too busy looks alike.
 */
const PATIENCE = 90_000;

const COPIES = 2;
const LEAST_SCORE = 0.9;
const BUNDLE = 'scripts/bundle.mjs';

/** Test files are run as tap runs them, without its runner, which takes longer to start than most of them take. */
const LOADERS = ['typescript', 'mock'].map(
  (name) => `--import=${pathToFileURL(join(ROOT, 'node_modules/@tapjs', name, 'dist/esm/import.mjs'))}`,
);
const SETTINGS = { TS_NODE_TRANSPILE_ONLY: '1', TAP_BAIL: '1', TAP_TIMEOUT: `${(2 * PATIENCE) / 1000}` };

/** @typedef {import('../test/mutants/index.mjs').Mutant} Mutant */
/** @typedef {'passes' | 'fails' | 'hangs'} Result */
/** @typedef {'noticed' | 'hangs' | 'alive' | 'known' | 'not known any more' | 'stale'} Outcome */

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const chosen = MUTANTS.filter(
  ({ file, name }) => wanted.length === 0 || wanted.some((word) => `${file}: ${name}`.startsWith(word)),
);

const stale = chosen.filter((mutant) => !fits(mutant, ROOT));
for (const { file, name } of stale) print(`stale    ${file}: ${name}`);
if (process.argv.includes('--stale')) process.exit(stale.length === 0 ? 0 : 1);

const copies = Array.from({ length: COPIES }, copyOfCommit);
for (const copy of copies) must('npm', ['run', 'build'], copy);

const tests = [...new Set(chosen.flatMap((mutant) => mutant.tests))].sort();
/** @type {string[]} */
const failing = [];
await share(process.argv.includes('--trust') ? [] : tests, async (test, copy) => {
  // One that fails beside other work may pass at the second try.
  if ((await run(test, copy)) !== 'passes' && (await run(test, copy)) !== 'passes') failing.push(test);
});
if (failing.length > 0) print(`fail without any mutant: ${failing.join(', ')}`);

/** @type {Record<Outcome, number>} */
const counts = { noticed: 0, hangs: 0, alive: 0, known: 0, 'not known any more': 0, stale: 0 };
await share(chosen, async (mutant, copy) => {
  const outcome = await judge(mutant, copy);
  counts[outcome]++;
  print(`${outcome.padEnd(8)} ${mutant.file}: ${mutant.name}`);
});

const noticed = counts.noticed + counts.hangs;
const counted = noticed + counts.alive;
const score = counted === 0 ? 1 : noticed / counted;
print(
  `${noticed} of ${counted} noticed (${Math.round(score * 100)} %), ${counts.hangs} of them because a test hangs; ` +
    `${counts.known} more are known to live, ${counts.stale} do not fit the code any more`,
);
const isFit = counts.stale === 0 && counts['not known any more'] === 0 && failing.length === 0;
process.exit(isFit && score >= LEAST_SCORE ? 0 : 1);

/**
 * Does each piece of work in whichever copy is free.
 *
 * @template Work
 * @param {readonly Work[]} all
 * @param {(work: Work, copy: string) => Promise<void>} run
 */
async function share(all, run) {
  const left = [...all];
  await Promise.all(
    copies.map(async (copy) => {
      for (let work = left.shift(); work !== undefined; work = left.shift()) await run(work, copy);
    }),
  );
}

/** @param {Mutant} mutant @param {string} folder */
function fits({ file, find }, folder) {
  return readFileSync(join(folder, file), 'utf8').split(find).length === 2;
}

/** @param {Mutant} mutant @param {string} copy @returns {Promise<Outcome>} */
async function judge(mutant, copy) {
  if (!fits(mutant, copy)) return 'stale';
  const path = join(copy, mutant.file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    text.replace(mutant.find, () => mutant.replace),
  );
  try {
    const result = build(mutant, copy) ? await firstNotPassed(mutant.tests, copy) : 'fails';
    if (mutant.lives !== undefined) return result === 'passes' ? 'known' : 'not known any more';
    if (result === 'passes') return 'alive';
    return result === 'fails' ? 'noticed' : 'hangs';
  } finally {
    writeFileSync(path, text);
    // A library file is bundled anew by the next mutant.
    if (mutant.file.startsWith('native/')) must('npm', ['run', 'build:native'], copy);
    else must('node', [BUNDLE], copy);
  }
}

/** Whether the mutant compiles; one that does not is noticed by the compiler. @param {Mutant} mutant @param {string} copy */
function build({ file }, copy) {
  return (
    (file.startsWith('native/')
      ? call('npm', ['run', 'build:native'], copy)
      : call('node', [BUNDLE], copy)) === 0
  );
}

/** @param {readonly string[]} files @param {string} copy @returns {Promise<Result>} */
async function firstNotPassed(files, copy) {
  for (const file of files) {
    const result = await run(file, copy);
    if (result !== 'passes') return result;
  }
  return 'passes';
}

/** @param {string} file @param {string} copy @returns {Promise<Result>} */
async function run(file, copy) {
  const child = spawn(process.execPath, [...LOADERS, file], {
    cwd: copy,
    env: { ...process.env, ...SETTINGS },
    stdio: 'ignore',
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
  });
  const [code, signal] = await once(child, 'exit');
  if (code === 0) return 'passes';
  return signal === 'SIGKILL' ? 'hangs' : 'fails';
}

/** @param {string} line */
function print(line) {
  process.stdout.write(`${line}\n`);
}
