import { addon } from '../addon/addon';
import type { PickRequest } from '../addon/contract';
import { checkOptions, checkSignal, type OptionNames } from '../arguments/options';
import { addresses, addressesSync, areLocal, checkLocal } from '../host/addresses';
import type { Host } from '../host/host';
import { runPick } from '../pick/judged-pick';
import { checkPort } from '../ports/port';
import { ownBits, PortSet } from '../ports/port-set';
import { availablePorts } from '../registry/good-ports';
import { untilAborted } from '../timing/abort';
import { scan } from './scan';

/** What ends a question for one port early. */
export interface PortIsUsedOptions {
  /** Ends the question: its promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

const PORT_IS_USED_OPTIONS: OptionNames<PortIsUsedOptions> = { signal: true };

/**
 * Whether this process could not listen on `port`: it cannot be bound at `host`, or a connection to it is not
 * refused. Without `host` the port must be free on every address of both families. A port in TIME_WAIT is used, since
 * a plain bind fails until it ends. A `host` on another machine is asked by connections alone, each of which has a
 * second: at an address that gives no answer, two.
 *
 * @param port 1 to 65535
 * @param host an address or a name, of any machine; every local address by default
 * @param options a signal
 * @throws PortSystemError when the kernel refuses to answer, as when no descriptor is left. The signal's reason when it
 * is aborted.
 */
export async function portIsUsed(
  port: number,
  host?: Host,
  options: PortIsUsedOptions = {},
): Promise<boolean> {
  const checked = checkPort(port);
  const { signal } = checkOptions(options, PORT_IS_USED_OPTIONS);
  checkSignal(signal);
  signal?.throwIfAborted();
  const hosts = await untilAborted(addresses(host), signal);
  if (!areLocal(hosts)) return (await scan(checked, { host, method: 'connect', signal })).free.size === 0;
  return (await runPick(toRequest(checked, hosts), signal)).ports.length === 0;
}

/**
 * {@link portIsUsed} at once, for this machine alone.
 * @param port 1 to 65535
 * @param host an IP address of this machine or `localhost`; every local address by default
 */
export function portIsUsedSync(port: number, host?: Host): boolean {
  const checked = checkPort(port);
  const hosts = addressesSync(host);
  checkLocal(host, hosts);
  const request = toRequest(checked, hosts);
  return addon.pickSync(request).ports.length === 0;
}

function toRequest(port: number, hosts: readonly string[]): PickRequest {
  return {
    ports: ownBits(new PortSet(port)),
    count: 1,
    hosts,
    transports: ['tcp'],
    hold: false,
    reuseAddress: false,
  };
}

/**
 * Whether `port` is one that a new service may take: IANA lists it as unassigned, the kernel hands it out to nobody,
 * it is no system port, and it is not used now.
 * @param port 1 to 65535
 */
export async function isAvailable(port: number): Promise<boolean> {
  return availablePorts().has(checkPort(port)) && !(await portIsUsed(port));
}

/**
 * {@link isAvailable} at once.
 * @param port 1 to 65535
 */
export function isAvailableSync(port: number): boolean {
  return availablePorts().has(checkPort(port)) && !portIsUsedSync(port);
}
