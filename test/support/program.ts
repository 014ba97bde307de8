import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { withoutPreloads } from './command';
import { distPath } from './dist';

/** A JavaScript program that has the compiled package as `portFor` and says things to the test by `tell(value)`. */
function wrap(code: string, tell: string): string {
  const path = JSON.stringify(distPath('index.js'));
  return `const portFor = require(${path}); const tell = ${tell}; (async () => {${code}})();`;
}

/** Starts such a program in a process of its own. */
export function startProcess(code: string): ChildProcess {
  return spawn(...withoutPreloads(process.execPath, ['-e', wrap(code, 'process.send.bind(process)')]), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** Starts such a program in a thread of this process. */
export function startWorker(code: string): Worker {
  return new Worker(wrap(code, "(value) => require('node:worker_threads').parentPort.postMessage(value)"), {
    eval: true,
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}

/** The next thing that a program says. */
export async function hear<T>(program: ChildProcess | Worker): Promise<T> {
  const failed = new AbortController();
  const onEnd = (code: unknown) => failed.abort(new Error(`the program ended with ${code}`));
  program.once('exit', onEnd);
  program.once('error', onEnd);
  try {
    const [value] = await once(program, 'message', { signal: failed.signal });
    return value;
  } finally {
    program.removeListener('exit', onEnd);
    program.removeListener('error', onEnd);
  }
}

/** Waits until something is so, for ten seconds at most. */
export async function until(isSo: () => boolean): Promise<boolean> {
  for (let waited = 0; waited < 10_000; waited += 5) {
    if (isSo()) return true;
    await setTimeout(5);
  }
  return isSo();
}
