// In a namespace of processes: ends one process, gives its number to another, and signals the first by its handle.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { HolderProcess } from '../../lib/stop/holder-process';

async function main(): Promise<void> {
  const first = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(first, 'spawn');
  const pid = first.pid ?? 0;
  const handle = new HolderProcess(pid);
  first.kill('SIGKILL');
  await once(first, 'exit');
  // Threads take numbers too: the next process gets the one after.
  writeFileSync('/proc/sys/kernel/ns_last_pid', `${pid - 1}`);
  const second = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(second, 'spawn');
  const isReused = second.pid === pid;
  const isSent = handle.signal('SIGKILL');
  const hasEnded = handle.hasEnded();
  await new Promise((resolve) => setTimeout(resolve, 50));
  console.log(
    JSON.stringify({
      isReused,
      isSent,
      hasEnded,
      isSecondAlive: second.exitCode === null && second.signalCode === null,
    }),
  );
  second.kill('SIGKILL');
}

main();
