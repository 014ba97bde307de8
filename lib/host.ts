import { HostError, invalidType, invalidValue, show, unresolvedHost } from './errors';
import { checkScope } from './link-local';
import { addon } from './native';

/**
 * A host as an IP address (`'127.0.0.1'`, `'::1'`, `'fe80::1%eth0'`) or a name, which stands for all its addresses.
 * `'0.0.0.0'` means every IPv4 address of this machine, `'::'` every address of both families.
 */
export type Host = string;

const LOOPBACK = ['127.0.0.1', '::1'];

/** Checks that `host` is a text that may name a host; throws a `TypeError` or `RangeError` otherwise. */
export function checkHost(host: unknown): Host {
  if (typeof host !== 'string') throw invalidType('host', 'a name or an IP address', host);
  if (host.startsWith('[')) throw invalidValue(`host ${show(host)} is no address: write it without brackets`);
  if (host === '') throw invalidValue('host must not be empty: leave it out to mean every local address');
  return host;
}

/**
 * The addresses of `host`, without asking a name service: none for no host, which means every local address.
 *
 * @throws HostError for a name other than `localhost`, which only the promise-returning functions resolve.
 */
export function addressesSync(host: Host | undefined): readonly string[] {
  if (host === undefined) return [];
  if (addon.isAddress(checkHost(host))) return [isWildcard6(host) ? '::' : checkScope(host)];
  if (host.toLowerCase() === 'localhost') return LOOPBACK.filter((address) => addon.isLocalAddress(address));
  throw new HostError(
    host,
    `host ${show(host)} is a name: give an IP address or localhost, or use the function without Sync, which resolves names`,
  );
}

/** The addresses of `host`; a name is resolved, and stands for all that it resolves to. */
export async function addresses(host: Host | undefined): Promise<readonly string[]> {
  if (host === undefined || addon.isAddress(checkHost(host)) || host.toLowerCase() === 'localhost') {
    return addressesSync(host);
  }
  const { lookup } = await import('node:dns/promises');
  const found = await lookup(host, { all: true }).catch((cause: Error) => {
    throw unresolvedHost(host, cause);
  });
  // A hosts file may name an address twice, which cannot be bound twice.
  const texts = [...new Set(found.map(({ address }) => address))];
  if (texts.every((text) => addon.isAddress(text))) return texts.map(checkScope);
  throw new HostError(host, `host ${show(host)} is on an interface that this machine has not`);
}

/** `::` in any of its spellings, such as `::0`. */
function isWildcard6(host: Host): boolean {
  return host.includes(':') && /^[0:]+$/.test(host);
}

/** Throws a {@link HostError} unless all `addresses`, those of `host`, are this machine's. */
export function checkLocal(host: Host | undefined, addresses: readonly string[]): void {
  const foreign = addresses.find((address) => !addon.isLocalAddress(address));
  if (host === undefined || (foreign === undefined && addresses.length > 0)) return;
  throw new HostError(
    host,
    `host ${show(host)} is no address of this machine: its ports can only be asked by a connection, as scan() makes with method "connect"`,
  );
}

/** Whether every one of `addresses` is this machine's; true for none, which means all of them. */
export function areLocal(addresses: readonly string[]): boolean {
  return addresses.every((address) => addon.isLocalAddress(address));
}

/** Whether `addresses` mean every address of this machine, of both families. */
export function areAll(addresses: readonly string[]): boolean {
  return addresses.length === 0 || addresses.includes('::');
}

/** Where clients reach a server that listens at `addresses`; for all of them, the loopback addresses. */
export function clientAddresses(addresses: readonly string[]): readonly string[] {
  if (areAll(addresses)) return LOOPBACK;
  return addresses.map((address) => (address === '0.0.0.0' ? '127.0.0.1' : address));
}
