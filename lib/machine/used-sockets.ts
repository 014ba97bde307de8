import { addon } from '../addon/addon';
import type { TableStates } from '../addon/contract';
import { checkOptions } from '../arguments/options';
import type { Transport } from '../ports/transport';
import { checkTransport } from '../ports/transport';
import { type PortOwner, socketOwners } from './port-owners';
import { checkState, noTable, type UsedPortsOptions } from './used-ports';

/** A socket of this machine that holds a port. */
export interface UsedSocket {
  /** The local port. */
  readonly port: number;
  /** The transport of the socket. */
  readonly transport: Transport;
  /** Where the port is held; `'0.0.0.0'` and `'::'` mean every local address. */
  readonly address: string;
  /** Whether it waits for clients, rather than being bound, connected or closing. */
  readonly listens: boolean;
  /** The processes that have it open: none where the system does not show, as other users' without root. */
  readonly owners: readonly PortOwner[];
}

/**
 * The sockets behind {@link usedPorts}, by port and address, with the processes that have them open, as `ss -tunap` and
 * `netstat -ano` show them. Finding the processes takes a look at every descriptor of the machine on Linux, some
 * milliseconds.
 *
 * @param options the transport, and whether to list all sockets or listeners alone
 * @throws PortForError with code `ERR_PORT_NO_TABLE` where the system has no table that this process can read.
 */
export function usedSockets(options: UsedPortsOptions = {}): UsedSocket[] {
  const { transport = 'tcp', state = 'all' } = checkOptions(options);
  const sockets = tableSockets(checkTransport(transport), checkState(state));
  const owners = socketOwners(sockets);
  return sockets
    .map(({ port, address, listens, ownerKey }) => ({
      port,
      transport,
      address,
      listens,
      owners: owners.get(ownerKey) ?? [],
    }))
    .sort((a, b) => a.port - b.port || a.address.localeCompare(b.address));
}

function tableSockets(transport: Transport, states: TableStates) {
  const sockets = addon.tableSockets(transport, states);
  if (sockets === undefined) throw noTable();
  return sockets.filter(({ port }) => port !== 0);
}
