import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { release } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import t from 'tap';
import { addon } from '../../lib/addon/addon';
import { sleepSync } from '../../lib/timing/sleep';
import { until } from '../support/program';

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
  t.equal(
    addon.watchProcess(child.pid ?? 0, () => {}),
    null,
  );
});

t.test('a watch that is ended in time tells nothing', { skip: NO_HANDLES }, async (t) => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  let told = 0;
  const watch = () => addon.watchProcess(child.pid ?? 0, () => told++);
  const [ended, other] = [watch(), watch()];
  child.kill('SIGKILL');
  // Its thread learns of the end before this one comes to hear of it.
  sleepSync(50);
  ended?.();
  await once(child, 'exit');
  t.ok(await until(() => told > 0));
  t.equal(told, 1);
  ended?.();
  other?.();
});

t.test('the status of a process that nobody has waited for is told', { skip: NO_HANDLES }, async (t) => {
  // Its name looks like the end of a name.
  const child = 'printf "a) b" > /proc/$$/comm; read line; exit 3';
  const script = `sh -c '${child}' <&3 & echo $!; exec 3<&-; exec sleep 60`;
  const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
  t.teardown(() => parent.kill());
  const [pid] = await once(parent.stdout as Readable, 'data');
  const status = new Promise((resolve) => addon.watchProcess(Number(pid), resolve));
  // The watch alone keeps no process alive.
  const alive = setInterval(() => {}, 1000);
  t.teardown(() => clearInterval(alive));
  (parent.stdio[3] as Writable).write('\n');
  t.equal(await status, 3 << 8);
});

/** From when on the kernel tells how a process ended that its parent has waited for. */
const [major = 0, minor = 0] = release().split('.').map(Number);
const TELLS_REAPED = major > 6 || (major === 6 && minor >= 15);

t.test(
  'so is that of one whose parent waits for it',
  { skip: NO_HANDLES || (TELLS_REAPED ? false : 'Linux tells that from 6.15 on') },
  async (t) => {
    const alive = setInterval(() => {}, 1000);
    t.teardown(() => clearInterval(alive));
    const script = "echo start; while read line; do sh -c 'echo $$; read line; exit 3'; done; exit 0";
    const parent = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    t.teardown(() => parent.kill());
    await once(parent.stdout, 'data');
    // The one that waits and the one that watches wake up at the same time.
    for (let round = 0; round < 20; round++) {
      parent.stdin.write('\n');
      const [pid] = await once(parent.stdout, 'data');
      const status = new Promise((resolve) => addon.watchProcess(Number(pid), resolve));
      parent.stdin.write('\n');
      t.equal(await status, 3 << 8);
    }
  },
);
