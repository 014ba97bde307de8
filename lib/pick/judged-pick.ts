import { addon } from '../addon/addon';
import type { Hold, Pick, PickRequest } from '../addon/contract';
import { invalidValue } from '../arguments/invalid-argument';
import { checkOptions } from '../arguments/options';
import { addresses, addressesSync, checkLocal } from '../host/addresses';
import type { Host } from '../host/host';
import { ownBits, PortSet, toCandidates, toPortSet } from '../ports/port-set';
import type { PortSpec } from '../ports/port-spec';
import type { Transport } from '../ports/transport';
import { type TransportChoice, toTransports } from '../ports/transport';
import { availableGoodPorts } from '../registry/good-ports';
import { NoFreePortError } from './errors';

/** From which ports to pick, and where they must be free. */
export interface PickOptions {
  /** The candidates, taken at their word: probed, not filtered. Without, the good ports alone. */
  ports?: PortSpec | undefined;
  /** Ports that are no candidates. */
  exclude?: PortSpec | undefined;
  /**
   * The address or name of this machine where the ports must be free. Without, they are free on every address of
   * both families.
   */
  host?: Host | undefined;
  /** `'tcp'` by default. */
  transport?: TransportChoice | undefined;
}

/**
 * The addon's answer with as many ports as were wanted; held, with a lease number each, where `hold` says so, and even
 * where only closed connections or other bound sockets with SO_REUSEADDR have a port, where `pastClosed` says so.
 */
export function pickSync(count: number, options: PickOptions, hold: Hold, pastClosed = false): Pick {
  const hosts = addressesSync(checkPickOptions(options).host);
  const request = toRequest(count, options, hosts, hold, pastClosed);
  return whole(addon.pickSync(request), request);
}

/** The same on another thread; `options.host` may be a name to resolve. */
export async function pick(count: number, options: PickOptions, hold: Hold): Promise<Pick> {
  const request = toRequest(count, options, await addresses(checkPickOptions(options).host), hold);
  return whole(await addon.pick(request), request);
}

/** Returns `options`; a `port` among them, as other packages call it, would go unheard. */
function checkPickOptions(options: PickOptions & { port?: unknown }): PickOptions {
  if (checkOptions(options).port === undefined) return options;
  throw invalidValue('port is not an option of a pick: name the candidates as "ports", one or many');
}

function toRequest(
  count: number,
  options: PickOptions,
  hosts: readonly string[],
  hold: Hold,
  pastClosed = false,
): PickRequest {
  const { ports, exclude, host, transport = 'tcp' } = options;
  checkLocal(host, hosts);
  const transports = toTransports(transport);
  const named = ports === undefined ? goodPorts(transports) : toCandidates(ports, 'ports');
  const candidates = exclude === undefined ? named : named.difference(toPortSet(exclude, 'exclude'));
  return { ports: ownBits(candidates), count, hosts, transports, hold, pastClosed };
}

/** The ports that are good for all `transports`. */
function goodPorts(transports: readonly Transport[]): PortSet {
  return transports
    .map((transport) => availableGoodPorts({ transport }))
    .reduce((ports, others) => ports.intersection(others));
}

function whole(pick: Pick, { ports, count }: PickRequest): Pick {
  if (pick.ports.length === count) return pick;
  throw new NoFreePortError(PortSet.fromBits(ports).size, count, pick.ports.length, pick.denied);
}
