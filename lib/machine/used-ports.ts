import { addon } from '../addon/addon';
import type { TableStates } from '../addon/contract';
import { invalidValue, show } from '../arguments/invalid-argument';
import { checkOptions, type OptionNames } from '../arguments/options';
import { PortForError } from '../errors/port-for-error';
import { PortSet } from '../ports/port-set';
import type { Transport } from '../ports/transport';
import { checkTransport } from '../ports/transport';

/** Which sockets of the table count. */
export interface UsedPortsOptions {
  /** The transport whose sockets count; `'tcp'` by default. */
  transport?: Transport | undefined;
  /**
   * `'all'`, the default, counts every socket that holds a port, connections and TIME_WAIT included;
   * `'listen'` only those that wait for clients: listening TCP sockets, unconnected UDP sockets.
   */
  state?: TableStates | undefined;
}

/** @internal */
export const USED_PORTS_OPTIONS: OptionNames<UsedPortsOptions> = { transport: true, state: true };

/**
 * The ports in the kernel's socket table, of both families and whatever address, in one sweep. With `'all'` these are
 * the ports that cannot be bound, with one exception: before Linux 6.8, and where only `/proc/net` can be read, the
 * table leaves out TCP sockets that are bound and neither listen nor are connected.
 *
 * @param options the transport, and whether to count all sockets or listeners alone
 * @throws PortForError with code `ERR_PORT_NO_TABLE` where the system has no table that this process can read.
 */
export function usedPorts(options: UsedPortsOptions = {}): PortSet {
  const { transport = 'tcp', state = 'all' } = checkOptions(options, USED_PORTS_OPTIONS);
  const bits = addon.tablePorts(checkTransport(transport), checkState(state));
  if (bits === undefined) throw noTable();
  return PortSet.fromBits(bits);
}

/** Returns `state` if it is one of the two; throws a `RangeError` otherwise. */
export function checkState(state: unknown): TableStates {
  if (state === 'all' || state === 'listen') return state;
  throw invalidValue(`state ${show(state)} is unknown: expected "all" or "listen"`);
}

/** What is thrown where there is no socket table to look into. */
export function noTable(): PortForError {
  return new PortForError(
    'ERR_PORT_NO_TABLE',
    "this system offers no socket table that can be read: use scan(), which asks each port by 'bind'",
  );
}
