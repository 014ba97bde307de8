import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { PortSet } from '../../lib/ports/port-set';
import type { Transport } from '../../lib/ports/transport';

/** What to hold, and where; `hold-sockets.py` tells what each is. */
export type SocketKind =
  | 'listen'
  | 'listen-v6only'
  | 'bind'
  | 'connect'
  | 'time-wait'
  | 'udp-bind'
  | 'udp-connect';

/** One end that a port belongs to. */
export interface HeldSocket {
  readonly transport: Transport;
  readonly kind: SocketKind;
  readonly address: string;
  readonly port: number;
}

/** Holds sockets of all kinds in another process, at ports of the kernel's choice, until the test ends. */
export async function holdSockets(
  t: Test,
  wanted: readonly (readonly [SocketKind, string])[],
): Promise<HeldSocket[]> {
  const holder = spawn('python3', [join(__dirname, 'hold-sockets.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(async () => {
    holder.stdin.end();
    if (holder.exitCode === null) await once(holder, 'exit');
  });
  holder.stdin.write(`${JSON.stringify(wanted)}\n`);
  let text = '';
  for await (const chunk of holder.stdout.setEncoding('utf8')) {
    text += chunk;
    if (text.endsWith('\n')) break;
  }
  return JSON.parse(text) as HeldSocket[];
}

/** The ports of some sockets. */
export function portsOf(sockets: readonly { readonly port: number }[]): PortSet {
  return new PortSet(sockets.map(({ port }) => port));
}

/** The local ports in `/proc/net`, as the kernel prints them; sockets that are merely bound are not among them. */
export function portsInProc(transport: Transport): PortSet {
  const lines = ['', '6'].flatMap((family) =>
    readFileSync(`/proc/net/${transport}${family}`, 'utf8').trim().split('\n').slice(1),
  );
  return new PortSet(lines.map((line) => Number.parseInt(/: \w+:(\w{4}) /.exec(line)?.[1] ?? '', 16)));
}
