// Runs test files while processes of the run are stopped at random moments, as on a machine with too little of everything:
// what fails relies on a turn that nobody promised. `node test/torture/stutter.mjs --longest 300 test/wait/*.ts`; on Linux.
// The tests of a terminal cannot be judged: script(1) takes each stop for its own.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ROOT } from './part.mjs';

/** So often one is stopped, ms. */
const PAUSE = 30;

/** The parent and the name of a process that runs; undefined where it has ended. @param {number} pid */
function look(pid) {
  try {
    const [, name = '', state = '', parent] =
      /^\d+ \((.*)\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
    return 'ZX'.includes(state) ? undefined : { parent: Number(parent), name };
  } catch {
    return undefined;
  }
}

/** The processes below one, without those that a terminal is for. @param {number} root */
function descendants(root) {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), ...look(Number(name)) }));
  const found = [];
  for (const todo = [root]; todo.length > 0; ) {
    const parent = todo.pop();
    const children = all
      .filter((one) => one.parent === parent && one.name !== 'script')
      .map(({ pid }) => pid);
    found.push(...children);
    todo.push(...children);
  }
  return found;
}

/** False where the process has ended. @param {number} pid @param {NodeJS.Signals} signal */
function send(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { longest: { type: 'string', default: '300' }, jobs: { type: 'string', default: '4' } },
});
const longest = Number(values.longest);
const words = ['tap', '--timeout=600', `--jobs=${values.jobs}`, ...positionals];
const run = spawn('npx', words, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
/** @type {Set<number>} */
const stopped = new Set();
let stops = 0;
// Ctrl-C ends the run, and what is stopped goes on.
process.on('SIGINT', () => {});
run.once('exit', (code) => {
  for (const pid of stopped) send(pid, 'SIGCONT');
  console.log(`${stops} processes were stopped, for ${longest} ms at most`);
  process.exit(code ?? 1);
});

while (run.pid !== undefined) {
  await sleep(PAUSE);
  const running = descendants(run.pid).filter((pid) => !stopped.has(pid));
  const pid = running[Math.floor(Math.random() * running.length)];
  if (pid === undefined || !send(pid, 'SIGSTOP')) continue;
  stops++;
  stopped.add(pid);
  setTimeout(
    () => {
      send(pid, 'SIGCONT');
      stopped.delete(pid);
    },
    Math.random() ** 2 * longest,
  );
}
