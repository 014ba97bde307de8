// Measures which lines and branches of lib/ and native/ the tests reach: npm run coverage [-- TEST_FILE...]
//
// Works on a copy of the last commit whose addon is built for gcov. What only runs in processes that a test kills, and
// in those that it starts without our preloads, is not counted. A few tests do not pass here, which compare the standard
// error of programs whose calls they make fail, or what is in the addon: gcov writes its complaints there.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { call, copyOfCommit, must, ROOT } from './copy-of-commit.mjs';

const copy = copyOfCommit();
const flags = '--coverage -fprofile-update=atomic';
must('npm', ['run', 'build:native'], copy, {
  env: { ...process.env, CXXFLAGS: flags, LDFLAGS: flags, npm_config_build_from_source: 'true' },
});
must('npm', ['run', 'build:ts', '--', '--sourcemap'], copy);

// Thousands of processes are counted: one after the other, and with more room than usual.
const c8 = ['--max-old-space-size=8192', join(ROOT, 'node_modules/c8/bin/c8.js'), '--merge-async'];
const what = ['--include=lib/**', '--reporter=text', 'npx', 'tap', '--disable-coverage', '--reporter=terse'];
const exitCode = call(process.execPath, [...c8, ...what, ...process.argv.slice(2)], copy, {
  stdio: 'inherit',
});
reportNative();
process.exitCode = exitCode ?? 1;

/** A line for each file of native/, as gcov counts it. */
function reportNative() {
  const objects = join(copy, 'build', 'Release', 'obj.target');
  const counted = readdirSync(objects, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.gcda'),
  );
  /** @type {Map<string, Map<number, { count: number, branches: number[] }>>} */
  const files = new Map();
  for (const path of counted) {
    const answer = spawnSync(
      'gcov',
      ['--json-format', '--stdout', '--branch-probabilities', join(objects, path)],
      {
        cwd: copy,
        maxBuffer: 2 ** 28,
      },
    ).stdout;
    const text = answer[0] === 0x1f ? gunzipSync(answer) : answer;
    for (const document of text.toString().split('\n').filter(Boolean))
      addCounts(files, JSON.parse(document));
  }
  const rows = [...files].sort().map(([file, lines]) => [file, ...sum(lines.values()), missed(lines)]);
  const all = [...files.values()].flatMap((lines) => [...lines.values()]);
  for (const [file, lines, branches, never = ''] of [...rows, ['native/', ...sum(all)]]) {
    const row = `${String(file).padEnd(40)} lines ${lines}  branches ${branches}  ${never}`;
    process.stdout.write(`${row.trimEnd()}\n`);
  }
}

/** The numbers of the lines that never ran. @param {Map<number, { count: number }>} lines */
function missed(lines) {
  const never = [...lines].filter(([, { count }]) => count === 0).map(([line]) => line);
  return never.sort((left, right) => left - right).join(' ');
}

/**
 * @param {Map<string, Map<number, { count: number, branches: number[] }>>} files
 * @param {{ files: { file: string, lines: { line_number: number, count: number, branches: { count: number, throw: boolean }[] }[] }[] }} document
 */
function addCounts(files, document) {
  for (const { file, lines } of document.files) {
    const name = relative(copy, join(copy, 'build', file)).replace(/^.*?(native\/)/, '$1');
    if (!name.startsWith('native/')) continue;
    const known = files.get(name) ?? new Map();
    files.set(name, known);
    for (const { line_number: line, count, branches } of lines) {
      const before = known.get(line) ?? { count: 0, branches: [] };
      // Branches to where exceptions land are the compiler's, not ours.
      const counts = branches.filter((branch) => !branch.throw).map((branch) => branch.count);
      known.set(line, {
        count: before.count + count,
        branches: counts.map((taken, index) => taken + (before.branches[index] ?? 0)),
      });
    }
  }
}

/** @param {Iterable<{ count: number, branches: number[] }>} lines */
function sum(lines) {
  const all = [...lines];
  const branches = all.flatMap((line) => line.branches);
  return [
    percent(all.filter(({ count }) => count > 0).length, all.length),
    percent(branches.filter(Boolean).length, branches.length),
  ];
}

/** @param {number} part @param {number} whole */
function percent(part, whole) {
  return `${whole === 0 ? '100.0' : ((100 * part) / whole).toFixed(1)} %`.padStart(7);
}
