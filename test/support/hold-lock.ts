import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Test } from 'tap';
import { withoutPreloads } from './command';
import { ROOT } from './dist';

const HOLD = `
const addon = require('node-gyp-build')(process.argv[1]);
const fd = require('node:fs').openSync(process.argv[2], 'a+');
if (addon.tryLock(fd)) console.log('locked');
setInterval(() => {}, 60_000);
`;

/** Starts a process that makes the file at `path` where it is missing, takes its lock, and keeps that until it is killed. */
export async function holdLock(t: Test, path: string): Promise<ChildProcess> {
  const child = spawn(...withoutPreloads(process.execPath, ['-e', HOLD, ROOT, path]), {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}
