import { type ChildProcess, spawn } from 'node:child_process';
import { withoutPreloads } from './command';
import { distPath } from './dist';
import { attack } from './enter-port';
import { hear } from './program';

/** How a server gets the port of a lease: by listen(), in a child that inherits `fd`, or by detach(). */
export const WAYS = ['listen', 'fd', 'detach'] as const;
export type Way = (typeof WAYS)[number];

export interface KindOfLease {
  readonly name: string;
  readonly leaseHost?: string;
  readonly listenHost?: string;
  /** Where an attacker meets the lease. */
  readonly attacked: readonly string[];
  /** Whether an ordinary user's server can, at times, only be bound there while others can. */
  readonly isGate?: boolean;
}

const EVERYWHERE = ['127.0.0.1', '0.0.0.0', '::1', '::'];

/** Where a port is held, and where a server listens. */
export const KINDS_OF_LEASE: readonly KindOfLease[] = [
  { name: 'everywhere', attacked: EVERYWHERE, isGate: true },
  { name: 'held everywhere, listens at localhost', attacked: EVERYWHERE, listenHost: 'localhost' },
  { name: 'held everywhere, listens at 127.0.0.1', attacked: EVERYWHERE, listenHost: '127.0.0.1' },
  { name: 'held everywhere, listens at ::1', attacked: EVERYWHERE, listenHost: '::1' },
  { name: 'held everywhere, listens at 0.0.0.0', attacked: EVERYWHERE, listenHost: '0.0.0.0', isGate: true },
  { name: 'held and listens at localhost', attacked: EVERYWHERE, leaseHost: 'localhost' },
  { name: 'held and listens at 127.0.0.1', attacked: ['127.0.0.1', '0.0.0.0', '::'], leaseHost: '127.0.0.1' },
  { name: 'held and listens at ::1', attacked: ['::1', '::'], leaseHost: '::1' },
];

export interface Attacks {
  /** The attacker's program. */
  readonly program: string;
  /** The user of the holder, and of the attacker; undefined is this process's own. */
  readonly holder: number | undefined;
  readonly attacker: number | undefined;
  readonly way: Way;
  readonly kinds: readonly KindOfLease[];
  /** How many leases of each kind are attacked. */
  readonly count: number;
}

/** How many leases were entered, and of how many the holder was told so. */
export interface Entries {
  readonly kind: KindOfLease;
  entered: number;
  told: number;
}

/** Attacks leases of each kind, and tells of a kind as soon as it is done with it. */
export async function* attackLeases(attacks: Attacks): AsyncGenerator<Entries> {
  const holder = startHolder(attacks);
  try {
    for (const kind of attacks.kinds) {
      const entries = { kind, entered: 0, told: 0 };
      for (let index = 0; index < attacks.count; index++) await attackOne(holder, attacks, entries);
      yield entries;
    }
  } finally {
    // A holder that ended by itself has no channel; that must not hide what it said.
    if (holder.connected) holder.disconnect();
  }
}

async function attackOne(holder: ChildProcess, attacks: Attacks, entries: Entries): Promise<void> {
  holder.send(entries.kind);
  const port = await hear<number>(holder);
  const words = [...asUser(attacks.attacker), attacks.program, `${port}`, ...entries.kind.attacked];
  const attacker = await attack(words);
  try {
    holder.send('serve');
    const outcome = await hear<string>(holder);
    if (outcome === 'ERR_PORT_ENTERED') {
      entries.told++;
      await attacker.gotIn();
    } else if (outcome !== 'served') throw new Error(`${entries.kind.name}: ${outcome}`);
  } finally {
    if ((await attacker.stop()) !== undefined) entries.entered++;
  }
}

function asUser(user: number | undefined): string[] {
  return user === undefined ? [] : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups'];
}

/** Leases when told to, serves a client twice when told to, and lets go. */
function startHolder({ holder, way }: Attacks): ChildProcess {
  const words = [...asUser(holder), process.execPath, '-e', PROGRAM, distPath('index.js'), way];
  const [command = '', ...rest] = words;
  return spawn(...withoutPreloads(command, rest), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

const PROGRAM = `
const [path, way] = process.argv.slice(1);
const { leaseSync } = require(path);
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { connect, createServer } = require('node:net');

const CHILD = "require('node:net').createServer((socket) => socket.on('error', () => {}).end('hello'))" +
  ".listen({ fd: 3 }, () => console.log('listening'));";

async function serve(held) {
  if (way === 'fd') {
    const child = spawn(process.execPath, ['-e', CHILD], { stdio: ['ignore', 'pipe', 'inherit', held.fd] });
    await once(child.stdout, 'data');
    return async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    };
  }
  const server = createServer((socket) => socket.on('error', () => {}).end('hello'));
  if (way === 'listen') await held.listen(server, listenHost === undefined ? {} : { host: listenHost });
  else {
    server.listen({ fd: held.detach() });
    await once(server, 'listening');
  }
  return async () => {
    server.close();
    await once(server, 'close');
  };
}

async function ask(port) {
  for (const host of hosts) {
    // A torture on a busy machine starves this process for seconds.
    const socket = connect({ port, host, signal: AbortSignal.timeout(60_000) }).setEncoding('utf8');
    let text = '';
    try {
      for await (const chunk of socket) text += chunk;
    } catch (error) {
      if (error.code !== 'ECONNREFUSED' && error.code !== 'EADDRNOTAVAIL') throw error;
      continue;
    }
    if (text !== 'hello') throw new Error('a client got ' + JSON.stringify(text));
    return;
  }
  throw new Error('no client was served');
}

let held;
let hosts;
let listenHost;
let end = async () => {};
process.on('message', async (word) => {
  if (word !== 'serve') {
    await end();
    held?.release();
    end = async () => {};
    const { leaseHost } = word;
    listenHost = word.listenHost;
    // Where a lease does not hold the port, others may have it.
    hosts = ['127.0.0.1', '::1'].filter((host) => leaseHost === host || (leaseHost ?? 'localhost') === 'localhost');
    held = leaseSync({ exclusive: true, ...(leaseHost === undefined ? {} : { host: leaseHost }) });
    process.send(held.port);
    return;
  }
  try {
    for (const round of way === 'listen' ? [1, 2, 3] : [1]) {
      await end();
      end = await serve(held);
      await ask(held.port);
    }
    process.send('served');
  } catch (error) {
    process.send(error.code ?? error.stack);
  }
});
process.on('disconnect', () => end().then(() => process.exit()));
`;
