import { invalidType, invalidValue, show } from '../arguments/invalid-argument';
import { LOOPBACK, readAddress } from './address';
import { checkScope } from './link-local';

/**
 * A host as an IP address (`'127.0.0.1'`, `'::1'`, `'fe80::1%eth0'`) or a name, which stands for all its addresses.
 * `'0.0.0.0'` means every IPv4 address of this machine, `'::'` every address of both families.
 */
export type Host = string;

/** What no name and no address contains: blanks, control characters, brackets. */
const HOST = /^[^\s\p{Cc}[\]]+$/u;

/** Returns `host` if it can be a name or an address; throws a `RangeError` with what was `given` otherwise. */
export function checkHostText(host: string, given = host): Host {
  if (HOST.test(host)) return host;
  throw invalidValue(`host ${show(given)} is neither a name nor an address`);
}

/** Checks that `host` is a text that may name a host; throws a `TypeError` or `RangeError` otherwise. */
export function checkHost(host: unknown): Host {
  if (typeof host !== 'string') throw invalidType('host', 'a name or an IP address', host);
  if (host.startsWith('['))
    throw invalidValue(`host ${show(host)} is not an address: write it without brackets`);
  if (host === '') throw invalidValue('host must not be empty: leave it out to mean every local address');
  return checkHostText(host);
}

/** Whether a host is `localhost`, whatever its case, and with the dot of a full name or without. */
export function isLocalhost(host: Host): boolean {
  return /^localhost\.?$/i.test(host);
}

/**
 * The addresses of a host that needs no resolver, each in its one spelling; undefined for any other name. `localhost`
 * is both loopbacks, whatever the resolver knows: RFC 6761 reserves the name for them, and many a hosts file lists one
 * alone.
 *
 * @throws HostError for a link-local address that names no interface.
 */
export function knownAddresses(host: Host): readonly string[] | undefined {
  if (isLocalhost(host)) return LOOPBACK;
  const address = readAddress(host);
  if (address === undefined) return undefined;
  checkScope(host);
  return [address];
}
