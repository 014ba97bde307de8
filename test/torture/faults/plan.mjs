// Every call of the C library that an operation makes fails once, in turn, with each of two errors. The operation has to
// succeed all the same, or to end with an error of its name; nothing stays held, no name is lost, no descriptor leaks.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { newFolder, note, ROOT, runAlone } from '../part.mjs';

const OPERATION = join(ROOT, 'test/torture/faults/operation.cjs');
const DIST = join(ROOT, 'dist/index.js');
const PATIENCE = 120_000;

/** @param {{ choices: number, share: number }} settings `choices`: 1 or 2 errors; `share`: of all operations, by chance */
export async function plan({ choices, share }) {
  /** @type {string[]} */
  const faults = [];
  const folder = newFolder('faults');
  const shim = join(folder, 'fail-calls.so');
  const source = join(ROOT, 'test/support/fail-calls.c');
  if (process.platform !== 'linux') return { skipped: 'only Linux has LD_PRELOAD', faults };
  if (spawnSync('cc', ['-shared', '-fPIC', '-o', shim, source, '-ldl']).status !== 0)
    return { skipped: 'needs cc', faults };

  /** @param {string[]} words */
  const run = (...words) => {
    const { stdout, stderr, signal } = spawnSync(process.execPath, [OPERATION, DIST, folder, ...words], {
      encoding: 'utf8',
      env: { ...process.env, LD_PRELOAD: [process.env.LD_PRELOAD, shim].filter(Boolean).join(':') },
      timeout: PATIENCE,
      killSignal: 'SIGKILL',
    });
    if (stdout === '')
      note(faults, `${words.join(' ')} ended by ${signal ?? 'itself'}: ${stderr.slice(0, 500)}`);
    return stdout === '' ? undefined : JSON.parse(stdout);
  };

  let calls = 0;
  let operations = 0;
  const names = new Set();
  for (const operation of run() ?? []) {
    if (Math.random() >= share) continue;
    operations++;
    const clean = run(operation, '0');
    for (let choice = 0; choice < choices && clean !== undefined; choice++) {
      const report = run(operation, `${choice}`, `${clean.open}`);
      calls += report?.calls ?? 0;
      for (const name of report?.failed ?? []) names.add(name);
      for (const fault of report?.faults ?? []) note(faults, `${operation}: ${fault}`);
    }
  }
  return { operations, calls, names: [...names].sort(), faults };
}

await runAlone(import.meta.url, { choices: 2, share: 1 }, plan);
