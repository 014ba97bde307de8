import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Test } from 'tap';
import { withoutPreloads } from './command';

/** A server in a process of its own, which is killed at the end of the test if it is still there. */
export interface ListenerProcess {
  readonly child: ChildProcess;
  readonly port: number;
}

/**
 * Starts a server at a port of the kernel's choice on 127.0.0.1, with more `code` that knows it as `server`.
 */
export async function startListener(
  t: Test,
  code = '',
  {
    cwd,
    wrap = [],
    stdin = 'ignore',
  }: { cwd?: string; wrap?: readonly string[]; stdin?: 'ignore' | 'pipe' } = {},
): Promise<ListenerProcess> {
  const program = `const server = require('node:net').createServer((socket) => socket.on('error', () => {}));
    ${code}
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  const [first = '', ...rest] = [...wrap, process.execPath, '-e', program];
  const child = spawn(...withoutPreloads(first, rest), {
    stdio: [stdin, 'pipe', 'inherit'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL'))
      await once(child, 'exit');
  });
  if (child.stdout === null) throw new Error('the child has no output to read');
  const [said] = await once(child.stdout, 'data');
  return { child, port: Number(said) };
}
