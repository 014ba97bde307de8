import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import t from 'tap';
import { HolderProcess } from '../../lib/stop/holder-process';
import { namespaceIsMissing } from '../support/namespace';

t.test('a process is signalled until it has ended, and never after', async (t) => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const holder = new HolderProcess(child.pid ?? 0);
  t.equal(holder.hasEnded(), false);
  t.equal(holder.signal('SIGTERM'), true);
  await once(child, 'exit');
  t.equal(holder.hasEnded(), true);
  t.equal(holder.signal('SIGKILL'), false);
  holder.close();
  holder.close();
  t.equal(holder.hasEnded(), true);
});

t.test(
  'a process that was given the number of an ended one is not hit',
  { skip: namespaceIsMissing() },
  (t) => {
    const program = join(__dirname, '../support/reuse-pid.ts');
    const words = ['-p', '--fork', '--mount-proc', process.execPath, ...process.execArgv, program];
    const { stdout, stderr } = spawnSync('unshare', words, { encoding: 'utf8' });
    t.match(stdout, /^\{/, stderr);
    t.strictSame(JSON.parse(stdout), { isReused: true, isSent: false, hasEnded: true, isSecondAlive: true });
    t.end();
  },
);
