/**
 * Every error that this package throws on purpose. Each has a stable `code` that begins with `ERR_PORT_` and
 * carries the values that caused it as properties. Bad arguments are plain `TypeError`s and `RangeError`s with
 * such a code; everything else is a subclass of {@link PortForError}.
 */

import { show } from './invalid-argument';
import type { PortOwner } from './port-owners';
import type { HostPort } from './wait/host-port';

/** The base of all errors that are not about a bad argument. */
export class PortForError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

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

  constructor(tried: number, wanted: number, found: number, denied = 0) {
    const shortfall = wanted === 1 ? 'none is free' : `only ${found} of the ${wanted} wanted are free`;
    const rights = denied === 0 ? '' : ` (${denied} of them this process may not bind)`;
    super(
      'ERR_PORT_NONE_FREE',
      tried === 0
        ? 'there is no candidate port: everything is excluded'
        : `${shortfall} among the ${tried} candidate ports${rights}: name other ports, or stop what uses these`,
    );
    this.tried = tried;
    this.wanted = wanted;
    this.found = found;
    this.denied = denied;
  }
}

/** Somebody else uses the port of a name. */
export class PortInUseError extends PortForError {
  readonly port: number;
  /** The name that the port is associated with. */
  readonly portName: string;
  /** Who uses it: the process that listens, or the first that has it open; undefined where the system hides it. */
  readonly owner: PortOwner | undefined;

  constructor(port: number, portName: string, owner: PortOwner | undefined) {
    const user =
      owner === undefined
        ? 'by whom the system does not show (another user, or a connection that lingers for a minute)'
        : `by ${show(owner.command)} (pid ${owner.pid}${owner.pid === process.pid ? ', this process' : ''})`;
    super(
      'ERR_PORT_IN_USE',
      `port ${port} of ${show(portName)} is in use ${user}: stop that, or unbind ${show(portName)} to get another port`,
    );
    this.port = port;
    this.portName = portName;
    this.owner = owner;
  }
}

/** The kernel refused a call for a reason that says nothing about the port, such as EMFILE. */
export class PortSystemError extends PortForError {
  /** The kernel's name for the fault: `'EMFILE'`. */
  readonly systemCode: string;
  /** The call that failed: `'socket'`. */
  readonly syscall: string;

  constructor(systemCode: string, syscall: string, message: string, options?: ErrorOptions) {
    super('ERR_PORT_SYSTEM', message, options);
    this.systemCode = systemCode;
    this.syscall = syscall;
  }
}

/** A connection could not even be tried. */
export function connectError(systemCode: string): PortSystemError {
  return new PortSystemError(systemCode, 'connect', `${systemCode}, connect`);
}

/** A host that does not resolve, or is not an address of this machine where one is needed; or no loopback works. */
export class HostError extends PortForError {
  readonly host: string;

  constructor(host: string, message: string, options?: ErrorOptions) {
    super('ERR_PORT_HOST', message, options);
    this.host = host;
  }
}

/** The resolver knows no address of a name; `cause` is what it said. */
export function unresolvedHost(host: string, cause: Error): HostError {
  return new HostError(host, `host ${show(host)} does not resolve: ${cause.message}`, { cause });
}

/** What a wait was for. */
export type PortState = 'free' | 'occupied';

/** The time was up before every port was in the state that was waited for. */
export class PortTimeoutError extends PortForError {
  /** The state that was waited for. */
  readonly state: PortState;
  /** The targets that were not in it, in the order in which they were given. */
  readonly pending: readonly HostPort[];

  /** `total` is the number of all targets; `cause` is the last fault that kept a target from being asked. */
  constructor(state: PortState, pending: readonly HostPort[], total: number, cause?: Error) {
    super('ERR_PORT_TIMEOUT', describePending(state, pending, total, cause), { cause });
    this.state = state;
    this.pending = pending;
  }

  /** The host of the first target that was not in the state. */
  get host(): string | undefined {
    return this.pending[0]?.host;
  }

  /** The port of the first target that was not in the state. */
  get port(): number | undefined {
    return this.pending[0]?.port;
  }
}

const MOST_NAMED = 10;

function describePending(
  state: PortState,
  pending: readonly HostPort[],
  total: number,
  cause: Error | undefined,
): string {
  const missing = state === 'free' ? 'not free' : 'not bound';
  const [first] = pending;
  if (first !== undefined && total === 1) {
    return `Port ${first.port} ${missing} on ${first.host}${cause === undefined ? '' : `: ${cause.message}`}.`;
  }
  const named = pending.slice(0, MOST_NAMED).join(', ');
  const rest = pending.length > MOST_NAMED ? ` and ${pending.length - MOST_NAMED} more` : '';
  const why = cause === undefined ? '' : ` (${cause.message})`;
  return `${pending.length} of ${total} ports ${missing}: ${named}${rest}${why}.`;
}

/** A port that should be free accepts connections. */
export class PortNotFreeError extends PortForError {
  /** The host as it was given. */
  readonly host: string;
  readonly port: number;
  /** The address of the host that accepted. */
  readonly address: string;

  constructor(host: string, port: number, address: string) {
    super('ERR_PORT_NOT_FREE', `Port ${port} is in use on ${host}.`);
    this.host = host;
    this.port = port;
    this.address = address;
  }
}

/** A config file that holds something that neither this package nor Python's ConfigParser reads. */
export class ConfigFileError extends PortForError {
  readonly path: string;
  /** The number of the invalid line; the first is 1. */
  readonly line: number;

  constructor(path: string, line: number, problem: string) {
    super('ERR_PORT_CONFIG', `${path}:${line}: ${problem}`);
    this.path = path;
    this.line = line;
  }
}

/** A config file that cannot be read or written: no permission, no space, a folder in its place. */
export class ConfigAccessError extends PortForError {
  readonly path: string;
  /** The kernel's name for the fault: `'EACCES'`. */
  readonly systemCode: string;

  constructor(path: string, systemCode: string, message: string, options?: ErrorOptions) {
    super('ERR_PORT_CONFIG_ACCESS', message, options);
    this.path = path;
    this.systemCode = systemCode;
  }
}

/** Somebody else kept the lock of a config file for longer than a writer waits. */
export class ConfigLockedError extends PortForError {
  readonly path: string;
  /** How long the writer waited, in ms. */
  readonly waited: number;

  constructor(path: string, waited: number) {
    super(
      'ERR_PORT_CONFIG_LOCKED',
      `${path} is still locked by another process after ${waited / 1000} s: end that process (lslocks, or fuser on the file, names it), or try again`,
    );
    this.path = path;
    this.waited = waited;
  }
}

/** What was asked for contradicts an association that is there: of the same name, or of the same port. */
export class AssociationConflictError extends PortForError {
  /** The name and the port that were asked for. */
  readonly wanted: { readonly name: string; readonly port: number };
  /** The association that is in the way. */
  readonly existing: { readonly name: string; readonly port: number };

  constructor(wanted: { name: string; port: number }, existing: { name: string; port: number }) {
    const { name, port } = existing;
    super(
      'ERR_PORT_CONFLICT',
      wanted.name === name
        ? `${show(name)} is associated with port ${port}, not with ${wanted.port}: unbind ${show(name)} first`
        : `port ${port} is associated with ${show(name)}, not with ${show(wanted.name)}: name another port, or unbind ${show(name)} first`,
    );
    this.wanted = wanted;
    this.existing = existing;
  }
}
