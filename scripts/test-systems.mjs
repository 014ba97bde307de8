/**
 * Runs the tests on other systems from this Linux machine: `npm run test:node`, `test:arm64`, `test:musl`,
 * `test:windows`, each with `-- FILTER...` to run only the runtimes or test files whose names contain a word. What they
 * need they install themselves, or they say what is lacking. The results go into docs/systems.md: those of a run of all
 * files, and of single files that were run again after that.
 */
import { constants, cpSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePrebuilt } from './systems/ensure-prebuilt.mjs';
import { LEFT_OUT } from './systems/left-out.mjs';
import { testMusl } from './systems/musl.mjs';
import { logPath, runAll, runFile } from './systems/run-tests.mjs';
import { stage } from './systems/stage.mjs';
import { RUNTIMES } from './systems/systems.mjs';
import { mergeResults, writeResults } from './systems/table.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function testRuntime(runtime, { folder, tests }, filters) {
  const { words, env, version } = await runtime.start();
  const start = runtime.isNative ? [readableCopy(words[0], folder)] : words;
  const run = (cwd, name, ...rest) =>
    runFile({
      words: [...start, ...rest],
      cwd,
      env: { ...process.env, TAP_TIMEOUT: '200', ...env },
      log: logPath(folder, `${runtime.name}-${name}`),
    });
  const smoke = await run(
    folder,
    'smoke',
    runtime.path(join(folder, 'scripts/systems/smoke.cjs')),
    runtime.path(folder),
  );
  console.log(
    `${runtime.name} (${version}): smoke ${smoke.passed} passed, ${smoke.failed} failed ${smoke.failures.join('; ')}`,
  );
  if (!runtime.runsSuite) return { version, smoke };
  const left = LEFT_OUT[runtime.group] ?? {};
  // A file whose whole path is named runs in spite of its reason.
  const reasonOf = (file) =>
    filters.includes(file)
      ? undefined
      : Object.entries(left).find(([prefix]) => file.startsWith(prefix))?.[1];
  const portable = tests.filter(
    (file) =>
      reasonOf(file) === undefined && (filters.length === 0 || filters.some((word) => file.includes(word))),
  );
  const suite = await runAll(portable, runtime.atOnce ?? availableParallelism(), (file) =>
    run(folder, file, runtime.path(join(folder, file.replace(/\.ts$/, '.js')))),
  );
  const leftOut = tests
    .filter((file) => reasonOf(file) !== undefined)
    .map((file) => ({ file, reason: reasonOf(file) }));
  return { version, smoke, suite, leftOut };
}

/** Tests start it as other users, who may not look into the home of this one. */
function readableCopy(program, folder) {
  const path = join(folder, '.runtime', 'node');
  cpSync(program, path, { mode: constants.COPYFILE_FICLONE });
  return path;
}

// What was started is ended by the handlers of exit.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const [group, ...words] = process.argv.slice(2);
if (group === 'musl') {
  await testMusl(root);
  process.exit();
}
const named = RUNTIMES.filter((runtime) => runtime.group === group);
if (named.length === 0) throw new Error(`no system ${group}: expected node, arm64, musl or windows`);
const chosen = named.filter(({ name }) => words.includes(name));
const files = words.filter((word) => !named.some(({ name }) => name === word));
ensurePrebuilt(root, named[0].prebuilt);
const staged = await stage(root);
try {
  for (const runtime of chosen.length > 0 ? chosen : named) {
    const lacking = runtime.lacks?.();
    if (lacking !== undefined) {
      console.log(`${runtime.name}: skipped: ${lacking}`);
      continue;
    }
    const result = await testRuntime(runtime, staged, files);
    if (result.suite?.some(({ code }) => code !== 0) || result.smoke.failed > 0) process.exitCode = 1;
    const whole = files.length === 0 ? result : mergeResults(runtime, result, staged.tests);
    if (whole !== undefined) writeResults(root, runtime, whole);
  }
} finally {
  if (process.exitCode !== 1) rmSync(staged.folder, { recursive: true });
  else console.log(`what they printed: ${join(staged.folder, '.logs')}`);
}
