/** The table of docs/systems.md, made from runs: one row a runtime, kept until that runtime runs again. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../locked-install.mjs';

const [BEGIN, END] = [
  '<!-- made by npm run test:node, test:arm64, test:musl, test:windows -->\n',
  '<!-- end -->\n',
];
const HEAD =
  '| system | runtime | smoke checks passed | test files passed | checks passed | skipped |\n| --- | --- | --: | --: | --: | --- |\n';

/**
 * The results of a run of some test files, among those of the last run of all: a file that is run again counts by its last
 * run. Undefined where nothing ran them all yet.
 */
export function mergeResults({ name }, { suite = [], leftOut = [], ...rest }, tests) {
  const last = readLast(name);
  if (last === undefined) return undefined;
  const runs = new Map([...last, ...suite].map((result) => [result.file, result]));
  for (const { file } of leftOut) runs.delete(file);
  const merged = tests.filter((file) => runs.has(file)).map((file) => runs.get(file));
  return { ...rest, suite: merged, leftOut };
}

const lastPath = (name) => join(cacheFolder(), 'results', `${name}.json`);

function readLast(name) {
  try {
    return JSON.parse(readFileSync(lastPath(name), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Puts the row of a runtime into the page, in place of its last one. */
export function writeResults(root, { name, system }, { version, smoke, suite, leftOut = [] }) {
  if (suite !== undefined) {
    mkdirSync(dirname(lastPath(name)), { recursive: true });
    writeFileSync(lastPath(name), JSON.stringify(suite));
  }
  const total = smoke.passed + smoke.failed;
  const run = suite?.filter((result) => !isSkipped(result));
  const files = run === undefined ? '-' : `${run.filter(({ code }) => code === 0).length} of ${run.length}`;
  const checks = suite === undefined ? '-' : String(suite.reduce((sum, { passed }) => sum + passed, 0));
  const cells = [
    system,
    version,
    `${smoke.passed} of ${total}`,
    files,
    checks,
    skippedText(suite ?? [], leftOut),
  ];
  writeRow(root, name, cells);
}

export function writeRow(root, name, cells) {
  const file = join(root, 'docs/systems.md');
  const [before, middle, after] = split(readFileSync(file, 'utf8'));
  const rows = middle.match(/^\| .*<!-- .* -->$/gm) ?? [];
  const row = `| ${cells.join(' | ')} | <!-- ${name} -->`;
  const isSame = (other) => other.endsWith(`<!-- ${name} -->`);
  const kept = rows.some(isSame) ? rows.map((other) => (isSame(other) ? row : other)) : [...rows, row];
  writeFileSync(file, `${before}${BEGIN}\n${HEAD}${kept.join('\n')}\n\n${END}${after}`);
}

function split(text) {
  const [before, rest = ''] = text.split(BEGIN);
  const [middle = '', after = ''] = rest.split(END);
  return [before, middle, after];
}

/** Whether a test file ended well and judged nothing: each of its tests, or the file itself, was skipped. */
function isSkipped({ code, passed, skipped }) {
  return code === 0 && passed === 0 && skipped.length > 0;
}

function skippedText(suite, leftOut) {
  const reasons = new Map();
  const wholly = suite.filter(isSkipped).map(({ skipped }) => ({ reason: [...new Set(skipped)].join(', ') }));
  for (const { reason } of [...leftOut, ...wholly]) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const whole = [...reasons].map(
    ([reason, files]) => `${files} ${files === 1 ? 'file' : 'files'}: ${reason}`,
  );
  const single = suite
    .filter((result) => !isSkipped(result))
    .reduce((sum, { skipped }) => sum + skipped.length, 0);
  return (
    [...whole, ...(single > 0 ? [`${single} single tests, by their own word`] : [])].join('; ') || 'none'
  );
}
