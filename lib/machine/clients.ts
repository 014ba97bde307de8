import type { SocketState, TableSocket } from '../addon/contract';

/**
 * How many clients are connected to each listening socket of a table. A connection counts for the listener of its port
 * with the closest address: that which it has, else every address of its family, else every address of both.
 */
export function countClients<Socket extends TableSocket>(table: readonly Socket[]): Map<Socket, number> {
  const clients = new Map<Socket, number>();
  const listenersOf = new Map<number, Socket[]>();
  for (const listener of table.filter(({ listens }) => listens)) {
    clients.set(listener, 0);
    listenersOf.set(listener.port, [...(listenersOf.get(listener.port) ?? []), listener]);
  }
  for (const socket of table.filter(isConnected)) {
    const listener = closest(listenersOf.get(socket.port) ?? [], plainAddress(socket.address));
    if (listener !== undefined) clients.set(listener, (clients.get(listener) ?? 0) + 1);
  }
  return clients;
}

/** Whether the connection of a socket has not ended. One that the server has not accepted yet has no process. */
export function isConnected({ listens, state, hasProcess }: TableSocket): boolean {
  if (listens) return false;
  return state === 'established' || state === 'close-wait' || (HALF_CLOSED.includes(state) && hasProcess);
}

const HALF_CLOSED: readonly SocketState[] = ['fin-wait-1', 'fin-wait-2'];

/** An address of the table as people write it: that of IPv4 where it is one in IPv6 form. */
export function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1] ?? address;
}

function closest<Socket extends TableSocket>(
  listeners: readonly Socket[],
  address: string,
): Socket | undefined {
  const isV4 = !address.includes(':');
  const at = (wanted: string) => listeners.find((listener) => plainAddress(listener.address) === wanted);
  return at(address) ?? at(isV4 ? '0.0.0.0' : '::') ?? at('::');
}
