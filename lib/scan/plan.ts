import { addon } from '../addon/addon';
import type { ScanRequest } from '../addon/contract';
import { isLoopback } from '../host/address';
import { areLocal, checkLocal } from '../host/addresses';
import { clientAddresses, meanEveryAddress } from '../host/client-host';
import type { ScanMethod, ScanWish } from './options';

/** One call of the addon; which ports it asks is known when the steps before it are done. */
export type ScanStep = Omit<ScanRequest, 'ports'>;

/**
 * What to ask the addon, in turn: each step asks for the ports that the ones before did not find used. `addresses` are
 * those of the host.
 *
 * @throws HostError where the method asks for addresses of this machine and the host has others.
 */
export function planScan(wish: ScanWish, addresses: readonly string[]): readonly ScanStep[] {
  const method = wish.method ?? usualMethod(wish, addresses);
  if (method !== 'connect' || addresses.every(isNobodys)) checkLocal(wish.host, addresses);
  const { timeout, concurrency, reset } = wish;
  const common = {
    transports: [wish.transport],
    timeout,
    concurrency,
    reset,
    skipIfDown: meanEveryAddress(addresses),
  };
  if (method === 'table') return [{ ...common, method, hosts: [] }];
  const steps: ScanStep[] = [];
  if (method !== 'connect') steps.push({ ...common, method: 'bind', hosts: addresses });
  if (method !== 'bind') {
    for (const address of withRoute(clientAddresses(addresses))) {
      steps.push({ ...common, method: 'connect', hosts: [address] });
    }
  }
  return steps;
}

/** Whether nobody has an address, as `::1` where IPv6 is off. */
function isNobodys(address: string): boolean {
  return isLoopback(address) && !addon.isLocalAddress(address);
}

function usualMethod({ transport }: ScanWish, addresses: readonly string[]): ScanMethod {
  if (transport === 'udp') return 'bind';
  return areLocal(addresses) ? 'both' : 'connect';
}

/**
 * The addresses that this machine knows a way to: that a host has an IPv6 address says nothing of its ports where
 * there is no IPv6. All, where there is a way to none.
 */
function withRoute(addresses: readonly string[]): readonly string[] {
  const reachable = addresses.filter((address) => addon.hasRoute(address));
  return reachable.length === 0 ? addresses : reachable;
}
