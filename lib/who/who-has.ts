import type { TableSocket } from '../addon/contract';
import { checkOptions, type OptionNames } from '../arguments/options';
import { countClients, isConnected, plainAddress } from '../machine/clients';
import { type PortOwner, socketOwners } from '../machine/port-owners';
import { remoteEnd, tableSockets } from '../machine/used-sockets';
import { toCandidates } from '../ports/port-set';
import type { PortSpec } from '../ports/port-spec';
import { type Transport, type TransportChoice, toTransports } from '../ports/transport';
import { describeProcess, type ProcessInfo } from '../process/process-info';
import { userName } from '../process/users';
import { concernsContainer, nameContainers } from './container-names';
import { exposureOf } from './exposure';
import { whyMissing } from './hidden';
import { portNames } from './port-names';
import type { HeldSocket, PortUse } from './port-use';

/** What to look for. */
export interface WhoHasOptions {
  /** `'both'` by default. */
  readonly transport?: TransportChoice | undefined;
  /** The config file whose names count; by default those that apply to this user. */
  readonly config?: string | undefined;
}

const WHO_HAS_OPTIONS: OptionNames<WhoHasOptions> = { transport: true, config: true };

/**
 * Finds who has ports on this machine: the sockets that hold each, their processes, and where those come from. Omits ports
 * that nobody has. Searches the processes of the machine once, however many ports are given. Without root, Linux hides the
 * processes of other users: `holder` is `'hidden'` then, and `user` says whose they are.
 *
 * @param ports one port or several
 * @param options the transport; both by default
 * @throws TypeError or RangeError for invalid arguments; PortForError with code `ERR_PORT_NO_TABLE` if the system has no
 *   socket table that this process can read.
 */
export async function whoHas(ports: PortSpec, options: WhoHasOptions = {}): Promise<PortUse[]> {
  const uses = whoHasSync(ports, options);
  const processes = uses.flatMap(({ sockets }) => sockets.flatMap((socket) => socket.processes));
  if (!processes.some(concernsContainer)) return uses;
  const { listContainers } = require('../process/engine') as typeof import('../process/engine');
  return nameContainers(uses, await listContainers());
}

/**
 * The synchronous form of {@link whoHas}. Containers have no name, since it cannot query their engine.
 * @param ports one port or several
 * @param options the transport; both by default
 */
export function whoHasSync(ports: PortSpec, options: WhoHasOptions = {}): PortUse[] {
  const { transport = 'both', config } = checkOptions(options, WHO_HAS_OPTIONS);
  const wanted = toCandidates(ports, 'ports');
  const tables = toTransports(transport).map((transport) =>
    listHolders(transport, tableSockets(transport, wanted)),
  );
  const holders = tables.flat();
  if (holders.length === 0) return [];
  const owners = socketOwners(holders.map(({ socket }) => socket));
  const names = portNames(config);
  const describe = remember();
  const uses = new Map<string, PortUse & { readonly sockets: HeldSocket[] }>();
  for (const { transport, socket, clients } of holders) {
    const { port } = socket;
    const key = `${port}/${transport}`;
    const use = uses.get(key) ?? { port, transport, names: names.get(port) ?? [], sockets: [] };
    uses.set(key, use);
    use.sockets.push(toHeldSocket(socket, clients, (owners.get(socket.ownerKey) ?? []).map(describe)));
  }
  // Of one port those of TCP stay first.
  return [...uses.values()].sort((a, b) => a.port - b.port);
}

interface Holder {
  readonly transport: Transport;
  readonly socket: TableSocket;
  readonly clients: number;
}

/** The sockets that hold a port by themselves: not the connections that belong to a listener of it. */
function listHolders(transport: Transport, table: readonly TableSocket[]): Holder[] {
  const clients = countClients(table);
  const listening = new Set(table.filter(({ listens }) => listens).map(({ port }) => port));
  return table
    .filter((socket) => socket.listens || !listening.has(socket.port) || isOwn(socket))
    .sort((a, b) => Number(b.listens) - Number(a.listens) || a.address.localeCompare(b.address))
    .map((socket) => ({ transport, socket, clients: clients.get(socket) ?? 0 }));
}

/** Beside a listener, a socket that is merely bound has the port in its own right; connections and their ends do not. */
function isOwn(socket: TableSocket): boolean {
  return !isConnected(socket) && socket.state === 'bound';
}

/** A process is described once, however many sockets it has. */
function remember(): (owner: PortOwner) => ProcessInfo {
  const known = new Map<number, ProcessInfo>();
  return (owner) => {
    const info = known.get(owner.pid) ?? describeProcess(owner);
    known.set(owner.pid, info);
    return info;
  };
}

function toHeldSocket(socket: TableSocket, clients: number, processes: readonly ProcessInfo[]): HeldSocket {
  const { state, listens, isV6Only = false, lingersFor, userId, hasProcess } = socket;
  const address = plainAddress(socket.address);
  return {
    address,
    state,
    listens,
    exposure: exposureOf(address),
    takesIPv4: !address.includes(':') || (address === '::' && !isV6Only),
    clients,
    ...remoteEnd(socket),
    ...(lingersFor === undefined ? {} : { lingersFor }),
    ...(userId === undefined ? {} : { user: userName(userId) }),
    // A listener without a process that the system names still has one: it is no leftover of a closed connection.
    holder: processes.length > 0 ? 'processes' : hasProcess || listens ? whyMissing() : 'nobody',
    processes,
  };
}
