import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { addon } from '../addon/addon';
import type { TableSocket } from '../addon/contract';
import type { Transport } from '../ports/transport';

/** A process that has a socket open. */
export interface PortOwner {
  /** The number of the process. */
  readonly pid: number;
  /** The process's short name, as `ps -o comm` prints it: `'nginx'`. */
  readonly name: string;
  /** Its command line, words apart by blanks: `'node server.js'`; the short name where the system hides it. */
  readonly command: string;
}

/**
 * The processes that have `port` open, those that listen there first, then by process number. Empty where nobody has
 * it, where only connections of closed programs linger (TIME_WAIT), and where the system does not show: without root
 * other users' processes are hidden, and so far only Linux is asked (`/proc`).
 *
 * @throws PortSystemError when the socket table cannot be read just now.
 */
export function portOwners(port: number, transport: Transport): PortOwner[] {
  const table = addon.tableSockets(transport, 'all') ?? [];
  const sockets = table.filter((socket) => socket.port === port);
  const owners = socketOwners(new Set(sockets.map(({ inode }) => inode)));
  const listed = new Map<number, PortOwner>();
  for (const socket of sockets.sort(byListening)) {
    for (const owner of owners.get(socket.inode) ?? []) listed.set(owner.pid, owner);
  }
  return [...listed.values()];
}

/**
 * The processes, by process number, that have each of the sockets open; more than one where children inherited it.
 * Sockets are told apart by `inode`, as the socket table gives it. Those that nobody shows are left out.
 */
export function socketOwners(inodes: ReadonlySet<number>): Map<number, PortOwner[]> {
  const owners = new Map<number, PortOwner[]>();
  const wanted = new Map(
    [...inodes].filter((inode) => inode > 0).map((inode) => [`socket:[${inode}]`, inode]),
  );
  if (wanted.size === 0) return owners;
  for (const pid of pids()) {
    const held = heldBy(pid, wanted);
    if (held.size === 0) continue;
    const owner = describe(pid);
    for (const inode of held) owners.set(inode, [...(owners.get(inode) ?? []), owner]);
  }
  return owners;
}

function byListening(left: TableSocket, right: TableSocket): number {
  return Number(right.listens) - Number(left.listens);
}

function pids(): number[] {
  const names = attempt(() => readdirSync('/proc')) ?? [];
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((left, right) => left - right);
}

/** Which of the `wanted` sockets, by what `/proc` calls them, the process has open. */
function heldBy(pid: number, wanted: ReadonlyMap<string, number>): Set<number> {
  const folder = `/proc/${pid}/fd`;
  const held = new Set<number>();
  for (const descriptor of attempt(() => readdirSync(folder)) ?? []) {
    const inode = wanted.get(attempt(() => readlinkSync(`${folder}/${descriptor}`)) ?? '');
    if (inode !== undefined) held.add(inode);
  }
  return held;
}

function describe(pid: number): PortOwner {
  const name = printable(read(pid, 'comm').trim());
  const command = printable(read(pid, 'cmdline').replace(/\0+$/, '').replaceAll('\0', ' ').trim());
  return { pid, name, command: command === '' ? name : command };
}

/** A process calls itself what it likes: as ps has it, nothing of that moves a reader's cursor. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}

function read(pid: number, file: string): string {
  return attempt(() => readFileSync(`/proc/${pid}/${file}`, 'utf8')) ?? '';
}

/** Processes end and hide while they are looked at: what cannot be read is not there. */
function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
