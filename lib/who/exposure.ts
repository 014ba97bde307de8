import { isLoopback } from '../host/address';

/** Who can reach a socket, judged by its address: a firewall may still block it. */
export type Exposure = 'this machine' | 'one address' | 'everybody';

/** Who can reach a socket at an address, which is in its one spelling. */
export function exposureOf(address: string): Exposure {
  if (address === '0.0.0.0' || address === '::') return 'everybody';
  return isLoopback(address) ? 'this machine' : 'one address';
}
