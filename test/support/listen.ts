import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Test } from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { addon } from '../../lib/native';

/** Why there is nothing to test on ::1; false where there is. */
export const NO_IPV6: string | false = addon.isLocalAddress('::1') ? false : 'this machine has no ::1';

/** The hosts of this machine that a server can listen on. */
export const HOSTS = NO_IPV6 ? ['127.0.0.1', '0.0.0.0'] : ['127.0.0.1', '0.0.0.0', '::1', '::'];

/**
 * A port that nobody else is given until the test ends, so that it stays closed until the test itself listens on it,
 * which a server can beside the lease.
 */
export function reservePort(t: Test): number {
  const held = leaseSync();
  t.teardown(() => held.release());
  return held.port;
}

/**
 * Starts a TCP server and stops it with the test. It takes no offence at connections that are reset, as those of a
 * scan of this machine are.
 */
export async function listen(t: Test, host: string, port = reservePort(t)): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}));
  t.teardown(() => server.close());
  server.listen({ host, port });
  await once(server, 'listening');
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

export async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
