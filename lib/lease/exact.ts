import { setTimeout as sleep } from 'node:timers/promises';
import { addon } from '../addon/addon';
import type { TableSocket } from '../addon/contract';
import { show } from '../arguments/invalid-argument';
import { PortSystemError } from '../errors/port-system-error';
import { addressesSync } from '../host/addresses';
import { HostError } from '../host/errors';
import { findPortOwners, type PortOwner, portOwners } from '../machine/port-owners';
import { NoFreePortError } from '../pick/errors';
import { PortSet } from '../ports/port-set';
import { type TransportChoice, toTransports } from '../ports/transport';
import { sleepSync } from '../timing/sleep';
import { PortInUseError } from './errors';
import { Lease, type LeaseOptions, lease, leaseSync, leaseWithReuseSync } from './lease';

/** Where a port is to be held, and for what. */
export type LeasePlace = Pick<LeaseOptions, 'host' | 'transport' | 'exclusive'>;

/**
 * Holds the one port of a name. Unlike a pick it also takes a port on which only connections of a closed server linger
 * (TIME_WAIT, for a minute), so that a server that was stopped can be started again at once; where the system has no
 * socket table to tell those from others (all but Linux from 6.8 on), such a port is in use. Who uses it is sought on
 * another thread.
 *
 * @throws PortInUseError. PortSystemError with EACCES for a port that this process may not bind, and where the socket
 *   table cannot be read just now, so that nobody can tell.
 */
export async function leaseExact(port: number, name: string, place: LeasePlace): Promise<Lease> {
  try {
    return await lease({ ...place, ports: port });
  } catch (error) {
    const refusal = explainDenied(error, port, name);
    if (refusal !== undefined) throw refusal;
  }
  for (const attempt of attemptsAmongClosed(port, place)) {
    if (attempt instanceof Lease) return attempt;
    await sleep(attempt);
  }
  const transports = toTransports(place.transport ?? 'tcp');
  const owners = await Promise.all(transports.map((transport) => findPortOwners(port, transport)));
  throw new PortInUseError(port, name, owners.flat()[0]);
}

/** {@link leaseExact} at once. `host` must be an IP address or `localhost`. */
export function leaseExactSync(port: number, name: string, place: LeasePlace): Lease {
  try {
    return leaseSync({ ...place, ports: port });
  } catch (error) {
    const refusal = explainDenied(error, port, name);
    if (refusal !== undefined) throw refusal;
  }
  for (const attempt of attemptsAmongClosed(port, place)) {
    if (attempt instanceof Lease) return attempt;
    sleepSync(attempt);
  }
  throw new PortInUseError(port, name, ownerOf(port, place.transport));
}

/** What is to be thrown in place of what a lease threw; undefined where the port is in use. */
function explainDenied(error: unknown, port: number, name: string): unknown {
  if (!(error instanceof NoFreePortError)) return error;
  if (error.denied > 0) {
    const message = `EACCES: port ${port} of ${show(name)} may not be bound by this process: system ports (below 1024) take root; without it, choose another port (unbind ${show(name)} first, if it has this one)`;
    return new PortSystemError('EACCES', 'bind', message, { cause: error });
  }
  if (error.reserved > 0) {
    const message = `EACCES: port ${port} of ${show(name)} is reserved by Windows, as for Hyper-V or WinNAT (netsh int ipv4 show excludedportrange tcp): free it with "net stop winnat", or unbind ${show(name)} to get another port`;
    return new PortSystemError('EACCES', 'bind', message, { cause: error });
  }
  return undefined;
}

/** Undefined also where the table cannot be read just now: that the port is in use is known all the same. */
function ownerOf(port: number, choice: TransportChoice = 'tcp'): PortOwner | undefined {
  try {
    return toTransports(choice).flatMap((transport) => portOwners(port, transport))[0];
  } catch (error) {
    if (error instanceof PortSystemError) return undefined;
    throw error;
  }
}

/**
 * Two that are admitted together let go, and meet again only if their pauses of up to 8 ms end within the half
 * millisecond that an attempt takes with its look at the table: once in eight times, five times in a row once in 30,000.
 */
const MOST_ATTEMPTS = 5;
const LONGEST_PAUSE = 8;

/**
 * Tries to hold a port that only closed connections have: yields the lease, or how many ms to pause before the next
 * attempt. Two that want it so at the same time are both admitted by the kernel: each looks for the other afterwards,
 * lets go when it sees it, and tries again after a pause of its own.
 */
function* attemptsAmongClosed(port: number, place: LeasePlace): Generator<Lease | number> {
  if (place.transport === 'udp') return;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    // Seen at little cost, and true of nearly every port in use.
    if (isListenedOn(port)) return;
    const held = isAmongClosed(port) ? tryWithReuse(port, place) : undefined;
    if (held === undefined) return;
    if (keepIfAlone(held, place)) yield held;
    else yield Math.random() * LONGEST_PAUSE;
  }
}

function isListenedOn(port: number): boolean {
  const bits = addon.tablePorts('tcp', 'listen');
  return bits !== undefined && PortSet.fromBits(bits).has(port);
}

/** Whether somebody has `port`, but no process any more. */
function isAmongClosed(port: number): boolean {
  const sockets = socketsAt(port);
  return sockets.length > 0 && !sockets.some(({ hasProcess }) => hasProcess);
}

/** Whether no process but this one has the port; lets it go where another has, or where that cannot be told. */
function keepIfAlone(held: Lease, place: LeasePlace): boolean {
  let isAlone = false;
  try {
    isAlone = countOpen(held.port) === countSockets(place);
    return isAlone;
  } finally {
    if (!isAlone) held.release();
  }
}

/** How many sockets that processes have open are at `port`. */
function countOpen(port: number): number {
  return socketsAt(port).filter(({ hasProcess }) => hasProcess).length;
}

function socketsAt(port: number): TableSocket[] {
  return (addon.tableSockets('tcp', 'all') ?? []).filter((socket) => socket.port === port);
}

function tryWithReuse(port: number, place: LeasePlace): Lease | undefined {
  try {
    return leaseWithReuseSync(port, place);
  } catch (error) {
    if (error instanceof NoFreePortError || error instanceof HostError) return undefined;
    throw error;
  }
}

/** How many TCP sockets a lease of one port has. */
function countSockets({ host }: LeasePlace): number {
  return host === undefined ? 1 : addressesSync(host).length;
}
