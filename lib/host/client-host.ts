import { missingHost } from '../arguments/invalid-argument';
import { LOOPBACK, readAddress } from './address';

/** Where clients reach a server that listens on a wildcard: at the loopback of its family. */
const CLIENTS = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

/**
 * The host at which a client reaches a server that listens on `serverHost`: the loopback of their family for the
 * wildcards `0.0.0.0` and `::`, anything else as it is (portend 3.1 `client_host`).
 * @param serverHost an address or a name
 * @throws RangeError for an empty or missing host
 */
export function clientHost(serverHost: string): string {
  if (typeof serverHost !== 'string' || serverHost === '') throw missingHost(serverHost);
  return CLIENTS.get(readAddress(serverHost) ?? serverHost) ?? serverHost;
}

/** The same for an address in its one spelling. */
export function clientAddress(address: string): string {
  return CLIENTS.get(address) ?? address;
}

/** Whether `addresses` mean every address of this machine, of both families. */
export function meanEveryAddress(addresses: readonly string[]): boolean {
  return addresses.length === 0 || addresses.includes('::');
}

/**
 * Where clients reach a server that listens at all `addresses`; for every address, both loopbacks. The addon has the
 * same rule for picks (`BindTarget::client_addresses`): it costs them no call, and this one needs no addon.
 */
export function clientAddresses(addresses: readonly string[]): readonly string[] {
  return meanEveryAddress(addresses) ? LOOPBACK : addresses.map(clientAddress);
}
