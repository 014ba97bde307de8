import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Test } from 'tap';
import { addon } from '../../lib/addon/addon';
import { leaseSync } from '../../lib/lease/lease';
import { HAND_OVER } from '../../lib/lease/listen';
import { nameOwner } from './wine';

/** Why there is nothing to test on ::1 at this moment; false where there is. */
export function noIpv6(): string | false {
  return addon.isLocalAddress('::1') ? false : 'this machine has no ::1';
}

/** The same when the test began. */
export const NO_IPV6 = noIpv6();

/** Why nothing can be bound at 127.0.0.2 here; false where it can. */
export const NO_SECOND_LOOPBACK = addon.isLocalAddress('127.0.0.2') ? false : 'this machine has no 127.0.0.2';

/** Why connections that a closed server left keep no port here; false where they do. */
export const LINGERING_IS_FREE: string | false =
  process.platform === 'win32' ? 'a connection that a closed server left keeps no port on Windows' : false;

/** The kinds of address of this machine that a server can listen on, and where clients then reach it. */
export const KINDS_OF_ADDRESS: readonly { address: string; clients: readonly string[] }[] = [
  { address: '127.0.0.1', clients: ['127.0.0.1'] },
  { address: '0.0.0.0', clients: ['127.0.0.1'] },
  { address: '::1', clients: ['::1'] },
  { address: '::', clients: ['127.0.0.1', '::1'] },
].filter(({ address }) => NO_IPV6 === false || !address.includes(':'));

/** The hosts among them. */
export const HOSTS = KINDS_OF_ADDRESS.map(({ address }) => address);

/**
 * A port that nobody else is given until the test ends, so that it stays closed until the test itself listens on it,
 * which a server can beside the lease.
 */
export function reservePort(t: Test): number {
  const held = leaseSync();
  t.teardown(() => held.release());
  if (HAND_OVER === 'beside') return held.port;
  // No server can listen beside it: the port was free a moment ago, and no other process is likely to pick it. This one
  // would, as soon as it reserves some hundreds.
  held.release();
  if (reserved.has(held.port)) return reservePort(t);
  reserved.add(held.port);
  return held.port;
}

/** A port whose number nobody has over TCP or UDP: a good one, which the kernel gives to no client of another test. */
export function portOfNobody(): number {
  const held = leaseSync({ transport: 'both' });
  held.release();
  return held.port;
}

/** What this process reserved where it could not hold it. */
const reserved = new Set<number>();

/**
 * Starts a TCP server, or throws what keeps it from listening, and stops it with the test. Without a host it listens on
 * every address. Unless another server is given, it takes no offence at connections that are reset, as those of a scan
 * of this machine are.
 */
export async function listen(
  t: Test,
  host: string | undefined,
  port = reservePort(t),
  server = createServer((socket) => socket.on('error', () => {})),
): Promise<Server> {
  t.teardown(() => server.close());
  server.listen({ host, port });
  await once(server, 'listening');
  nameOwner(server);
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

export async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
