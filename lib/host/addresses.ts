import { addon } from '../addon/addon';
import { show } from '../arguments/invalid-argument';
import { HostError } from './errors';
import { checkHost, type Host, isLocalhost, knownAddresses } from './host';
import { checkScope, isLinkLocal } from './link-local';

/**
 * The addresses of `host`, each in its one spelling, without asking a name service: none for no host, which means every
 * local address. Those of `localhost` are the loopbacks that this machine has.
 *
 * @throws HostError for a name other than `localhost`, which only the promise-returning functions resolve.
 */
export function addressesSync(host: Host | undefined): readonly string[] {
  if (host === undefined) return [];
  const known = knownAddresses(checkHost(host));
  if (known === undefined) {
    throw new HostError(
      host,
      `host ${show(host)} is a name: give an IP address or localhost, or use the function without Sync, which resolves names`,
    );
  }
  return onThisMachine(host, known);
}

/** The addresses of `host`; a name is resolved, and stands for all that it resolves to. */
export async function addresses(host: Host | undefined): Promise<readonly string[]> {
  if (host === undefined) return [];
  const known = knownAddresses(checkHost(host));
  if (known !== undefined) return onThisMachine(host, known);
  const { resolveNow } = require('./resolve') as typeof import('./resolve');
  return onInterfaces(host, await resolveNow(host)).map(checkScope);
}

/** The `known` addresses of a host, as far as this machine is concerned: of `localhost` those that it has. */
function onThisMachine(host: Host, known: readonly string[]): readonly string[] {
  if (isLocalhost(host)) return known.filter((address) => addon.isLocalAddress(address));
  return onInterfaces(host, known);
}

/** Returns `addresses`, those of `host`, unless one names an interface that is not there. */
function onInterfaces(host: Host, addresses: readonly string[]): readonly string[] {
  const strange = addresses.find((address) => !addon.isAddress(address));
  if (strange === undefined) return addresses;
  const reason = isLinkLocal(strange)
    ? 'names an interface that this machine does not have'
    : 'names an interface, which only link-local addresses do: leave it out';
  throw new HostError(host, `host ${show(host)} ${reason}`);
}

/** Throws a {@link HostError} unless all `addresses`, those of `host`, are this machine's. */
export function checkLocal(host: Host | undefined, addresses: readonly string[]): void {
  const foreign = addresses.find((address) => !addon.isLocalAddress(address));
  if (host === undefined || (foreign === undefined && addresses.length > 0)) return;
  throw new HostError(
    host,
    `host ${show(host)} is not an address of this machine: only a connection can ask its ports, as scan() does with method "connect"`,
  );
}

/** Whether every one of `addresses` is this machine's; true for none, which means all of them. */
export function areLocal(addresses: readonly string[]): boolean {
  return addresses.every((address) => addon.isLocalAddress(address));
}
