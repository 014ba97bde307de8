import { addon } from '../addon/addon';
import type { SocketOwner, TableSocket } from '../addon/contract';
import { printable } from '../arguments/printable';
import { PortSet } from '../ports/port-set';
import type { Transport } from '../ports/transport';

/** A process that has a socket open. */
export interface PortOwner {
  /** The number of the process. */
  readonly pid: number;
  /** The process's short name, as `ps -o comm` prints it (`'nginx'`); on Windows the program's file (`'nginx.exe'`). */
  readonly name: string;
  /**
   * Its command line, words apart by blanks: `'node server.js'`. Where the system hides it, on Windows the program's
   * path, and else the short name.
   */
  readonly command: string;
}

/**
 * The processes that have `port` open, those that listen there first, then by process number. Empty where nobody has
 * it, where only connections of closed programs linger (TIME_WAIT), and where the system does not show: without root
 * Linux hides the processes of other users.
 *
 * @throws PortSystemError when the socket table cannot be read just now.
 */
export function portOwners(port: number, transport: Transport): PortOwner[] {
  const sockets = addon.tableSockets(transport, 'all', new PortSet(port).bits) ?? [];
  const owners = socketOwners(sockets);
  const listed = new Map<number, PortOwner>();
  for (const socket of sockets.sort(byListening)) {
    for (const owner of owners.get(socket.ownerKey) ?? []) listed.set(owner.pid, owner);
  }
  return [...listed.values()];
}

/** {@link portOwners}, sought on another thread; empty too when the socket table cannot be read just now. */
export async function findPortOwners(port: number, transport: Transport): Promise<PortOwner[]> {
  const found = await addon.findPortOwners(transport, port);
  return [...new Map(found.map((owner) => [owner.pid, toOwner(owner)])).values()];
}

/**
 * The processes, by process number, that have each of the sockets open, by the socket's `ownerKey`; more than one where
 * children inherited it. Leaves out those that the system hides.
 */
export function socketOwners(sockets: readonly OwnedSocket[]): Map<number, PortOwner[]> {
  return byKey(addon.socketOwners(keysOf(sockets)));
}

/** {@link socketOwners}, sought on another thread. */
export async function findSocketOwners(sockets: readonly OwnedSocket[]): Promise<Map<number, PortOwner[]>> {
  return byKey(await addon.findSocketOwners(keysOf(sockets)));
}

type OwnedSocket = Pick<TableSocket, 'hasProcess' | 'ownerKey'>;

function keysOf(sockets: readonly OwnedSocket[]): number[] {
  return [...new Set(sockets.filter(({ hasProcess }) => hasProcess).map(({ ownerKey }) => ownerKey))];
}

function byKey(found: readonly SocketOwner[]): Map<number, PortOwner[]> {
  // One process may have thousands of sockets.
  const processes = new Map<number, PortOwner>();
  const owners = new Map<number, PortOwner[]>();
  for (const one of found) {
    const owner = processes.get(one.pid) ?? toOwner(one);
    processes.set(one.pid, owner);
    const known = owners.get(one.ownerKey);
    if (known === undefined) owners.set(one.ownerKey, [owner]);
    else known.push(owner);
  }
  return owners;
}

function toOwner({ pid, name, command }: SocketOwner): PortOwner {
  return { pid, name: printable(name), command: printable(command === '' ? name : command) };
}

function byListening(left: TableSocket, right: TableSocket): number {
  return Number(right.listens) - Number(left.listens);
}
