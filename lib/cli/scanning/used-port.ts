import { plainAddress } from '../../machine/clients';
import type { PortOwner } from '../../machine/port-owners';
import type { UsedSocket } from '../../machine/used-sockets';
import type { Transport } from '../../ports/transport';
import { serviceName } from '../../registry/services';
import type { PortName } from '../../who/port-names';

/** A port that is used, as `port-for --scan` tells of it, in words and in JSON. */
export interface UsedPort {
  readonly port: number;
  readonly transport: Transport;
  /** Where it is used, as far as that is known. */
  readonly addresses: readonly string[];
  /** What the port is known for; empty for nothing. */
  readonly service: string;
  readonly owners: readonly Pick<PortOwner, 'pid' | 'name'>[];
  /** The names that it is associated with. */
  readonly names: readonly string[];
  /** How many clients are connected, where somebody listens. */
  readonly clients: number;
}

/** Describes used `ports` by the sockets that hold them; of a port without a socket only the number is known. */
export function usedPortsOf(
  ports: Iterable<number>,
  transport: Transport,
  sockets: readonly UsedSocket[],
  names: ReadonlyMap<number, readonly PortName[]> = new Map(),
): UsedPort[] {
  const socketsOf = new Map<number, UsedSocket[]>();
  for (const socket of sockets) {
    const known = socketsOf.get(socket.port);
    if (known === undefined) socketsOf.set(socket.port, [socket]);
    else known.push(socket);
  }
  return Array.from(ports, (port) => {
    const holders = withListenersFirst(socketsOf.get(port) ?? []);
    const owners = new Map(
      holders.flatMap((socket) => socket.owners).map(({ pid, name }) => [pid, { pid, name }]),
    );
    return {
      port,
      transport,
      addresses: [...new Set(holders.map(({ address }) => plainAddress(address)))],
      service: serviceName(port, transport)?.name ?? '',
      owners: [...owners.values()],
      names: (names.get(port) ?? []).map(({ name }) => name),
      clients: holders.reduce((sum, { clients }) => sum + clients, 0),
    };
  });
}

/** Connections to a port that somebody listens on tell nothing more. */
function withListenersFirst(sockets: readonly UsedSocket[]): readonly UsedSocket[] {
  const listeners = sockets.filter(({ listens }) => listens);
  return listeners.length > 0 ? listeners : sockets;
}
