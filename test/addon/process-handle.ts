import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { addon } from '../../lib/addon/addon';

const NO_HANDLES: string | false = process.platform === 'linux' ? false : 'pidfd is of Linux';
const SIGTERM = 15;

t.test('a handle signals its process, and knows when that has ended', { skip: NO_HANDLES }, async (t) => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const handle = addon.openProcess(child.pid ?? 0);
  if (handle === undefined) throw new Error('no handle');
  t.equal(addon.processHasEnded(handle), false);
  t.equal(addon.signalProcess(handle, 0), true, 'signal 0 asks alone');
  t.equal(addon.signalProcess(handle, SIGTERM), true);
  t.strictSame(await once(child, 'exit'), [null, 'SIGTERM']);
  t.equal(addon.processHasEnded(handle), true);
  t.equal(addon.signalProcess(handle, SIGTERM), false, 'and never reaches another of its number');
  addon.closeProcess(handle);
  addon.closeProcess(handle);
  t.equal(addon.processHasEnded(handle), true);
  t.equal(addon.signalProcess(handle, 0), false);
});

t.test('a number that no process has has no handle', { skip: NO_HANDLES }, async (t) => {
  const child = spawn('true', { stdio: 'ignore' });
  await once(child, 'exit');
  t.equal(addon.openProcess(child.pid ?? 0), undefined);
});
