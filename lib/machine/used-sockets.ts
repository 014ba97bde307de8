import { addon } from '../addon/addon';
import type { SocketState, TableSocket } from '../addon/contract';
import { checkOptions } from '../arguments/options';
import type { PortSet } from '../ports/port-set';
import type { Transport } from '../ports/transport';
import { checkTransport } from '../ports/transport';
import { countClients, plainAddress } from './clients';
import { findSocketOwners, type PortOwner, socketOwners } from './port-owners';
import { checkState, noTable, USED_PORTS_OPTIONS, type UsedPortsOptions } from './used-ports';

/** The other end of a connection. */
export interface RemoteEnd {
  /** Its IP address. */
  readonly address: string;
  /** Its port. */
  readonly port: number;
}

/** A socket of this machine that holds a port. */
export interface UsedSocket {
  /** The local port. */
  readonly port: number;
  /** The transport of the socket. */
  readonly transport: Transport;
  /** The local address; `'0.0.0.0'` and `'::'` mean every local address. */
  readonly address: string;
  /** Whether it waits for clients, rather than being bound, connected or closing. */
  readonly listens: boolean;
  /** What it is doing, in the terms of TCP. */
  readonly state: SocketState;
  /** The other end of a connection. */
  readonly remote?: RemoteEnd;
  /** How many clients are connected, where it listens; 0 otherwise. */
  readonly clients: number;
  /** In state `'time-wait'`: after how many ms at most the kernel lets the port go, if the system says so. */
  readonly lingersFor?: number;
  /** The processes that have it open; empty if the system hides them, as it hides other users' without root. */
  readonly owners: readonly PortOwner[];
}

/**
 * Returns the sockets behind {@link usedPorts}, sorted by port and address, each with its state, its processes and the
 * number of connected clients, as `ss -tunap` and `netstat -ano` show them. On Linux this reads every descriptor of the
 * machine to find the processes: some milliseconds, and tens of them with ten thousand sockets.
 *
 * @param options the transport, and whether to list all sockets or listeners alone
 * @throws PortForError with code `ERR_PORT_NO_TABLE` if the system has no table that this process can read.
 */
export function usedSockets(options: UsedPortsOptions = {}): UsedSocket[] {
  const sockets = listSockets(options);
  return describe(sockets, socketOwners(sockets.listed));
}

/**
 * {@link usedSockets} without blocking the event loop: the processes are sought on another thread.
 * @param options as of {@link usedSockets}
 */
export async function findUsedSockets(options: UsedPortsOptions = {}): Promise<UsedSocket[]> {
  const sockets = listSockets(options);
  return describe(sockets, await findSocketOwners(sockets.listed));
}

interface Sockets {
  readonly transport: Transport;
  readonly listed: readonly TableSocket[];
  readonly clients: ReadonlyMap<TableSocket, number>;
}

function listSockets(options: UsedPortsOptions): Sockets {
  const { transport = 'tcp', state = 'all' } = checkOptions(options, USED_PORTS_OPTIONS);
  const isOfAll = checkState(state) === 'all';
  // Clients are counted among the connections, which a table of listeners lacks.
  const table = tableSockets(checkTransport(transport));
  const listed = isOfAll ? table : table.filter(({ listens }) => listens);
  return { transport, listed, clients: countClients(table) };
}

function describe(
  { transport, listed, clients }: Sockets,
  owners: ReadonlyMap<number, PortOwner[]>,
): UsedSocket[] {
  return listed
    .map((socket) => ({
      port: socket.port,
      transport,
      address: socket.address,
      listens: socket.listens,
      state: socket.state,
      ...remoteEnd(socket),
      clients: clients.get(socket) ?? 0,
      ...(socket.lingersFor === undefined ? {} : { lingersFor: socket.lingersFor }),
      owners: owners.get(socket.ownerKey) ?? [],
    }))
    .sort((a, b) => a.port - b.port || a.address.localeCompare(b.address));
}

/**
 * The sockets of the table, or those that hold one of `ports`.
 * @throws PortForError with code `ERR_PORT_NO_TABLE` where there is no table.
 */
export function tableSockets(transport: Transport, ports?: PortSet): TableSocket[] {
  const sockets = addon.tableSockets(transport, 'all', ports?.bits);
  if (sockets === undefined) throw noTable();
  return sockets.filter(({ port }) => port !== 0);
}

/** The other end of a connection, as a property of what tells of it. */
export function remoteEnd({ remoteAddress, remotePort }: TableSocket): { remote?: RemoteEnd } {
  if (remoteAddress === undefined || remotePort === undefined) return {};
  return { remote: { address: plainAddress(remoteAddress), port: remotePort } };
}
