import { show } from '../arguments/invalid-argument';
import { PortForError } from '../errors/port-for-error';
import { portOwners } from '../machine/port-owners';
import type { PortSet } from '../ports/port-set';
import type { Transport } from '../ports/transport';

/** Of so many candidates the error says who has each. */
const FEW = 3;

/** As many characters of a long list of ports tell which ones they are. */
const LONGEST_LIST = 60;

/** Fewer free ports than were asked for among the candidates. */
export class NoFreePortError extends PortForError {
  /** How many different candidates were probed. */
  readonly tried: number;
  /** How many free ports were asked for. */
  readonly wanted: number;
  /** How many of the candidates were free. */
  readonly found: number;
  /** How many of them this process may not bind, as system ports below 1024 without root. */
  readonly denied: number;
  /** How many of them nobody can bind, because Windows reserves them for Hyper-V or WinNAT; 0 on other systems. */
  readonly reserved: number;

  /** @internal */
  constructor(
    candidates: PortSet,
    transports: readonly Transport[],
    wanted: number,
    found: number,
    denied = 0,
    reserved = 0,
  ) {
    super('ERR_PORT_NONE_FREE', '');
    this.tried = candidates.size;
    this.wanted = wanted;
    this.found = found;
    this.denied = denied;
    this.reserved = reserved;
    // Who has a port takes milliseconds to find, and nobody reads the message of an error that is caught.
    let message: string | undefined;
    Object.defineProperty(this, 'message', {
      get: () => {
        message ??= describe(this, candidates, transports);
        return message;
      },
      set: (text: string) => {
        message = text;
      },
      configurable: true,
      enumerable: false,
    });
  }
}

function describe(error: NoFreePortError, candidates: PortSet, transports: readonly Transport[]): string {
  const { tried, wanted, found, denied, reserved } = error;
  if (tried === 0) return 'there is no candidate port: everything is excluded';
  const wayOut = 'name other ports, or stop what uses these';
  const rights = denied === 0 ? '' : ` (${denied} of them this process may not bind)`;
  const system =
    reserved === 0
      ? ''
      : ` (${reserved} of them reserved by Windows: netsh int ipv4 show excludedportrange tcp)`;
  if (found === 0 && tried <= FEW && denied + reserved === 0) {
    return `${[...candidates].map((port) => describeUse(port, transports)).join(', ')}: ${wayOut}`;
  }
  const shortfall = wanted === 1 ? 'none is free' : `only ${found} of the ${wanted} wanted are free`;
  const ports =
    tried === 1 ? `port ${candidates}` : `the ${tried} candidate ports ${shorten(`${candidates}`)}`;
  return `${shortfall} among ${ports}${rights}${system}: ${wayOut}`;
}

function describeUse(port: number, transports: readonly Transport[]): string {
  const [owner] = transports.flatMap((transport) => ownersOf(port, transport));
  return `port ${port} is in use${owner === undefined ? '' : ` by ${show(owner.command)} (pid ${owner.pid})`}`;
}

function ownersOf(port: number, transport: Transport): ReturnType<typeof portOwners> {
  try {
    return portOwners(port, transport);
  } catch {
    // The table cannot be read just now: that the port is in use is known all the same.
    return [];
  }
}

function shorten(list: string): string {
  if (list.length <= LONGEST_LIST) return list;
  return `${list.slice(0, list.lastIndexOf(',', LONGEST_LIST))}...`;
}
