/** The loopback addresses, of both families. */
export const LOOPBACK: readonly string[] = ['127.0.0.1', '::1'];

/**
 * An IP address in its one spelling, so that two texts that mean the same are the same: `::` for `0::0.0.0.0`, and the
 * IPv4 address for one in IPv6 form (`::ffff:127.0.0.1`), since that works where IPv6 is off too. The interface of a
 * link-local address stays with it. Undefined for a text that is no address.
 */
export function readAddress(text: string): string | undefined {
  const { isIP, SocketAddress } = require('node:net') as typeof import('node:net');
  const [, bare = '', zone = ''] = /^([^%]*)(%.+)?$/.exec(text) ?? [];
  const family = isIP(bare);
  if (family === 4 && zone === '') return bare;
  if (family !== 6) return undefined;
  const { address } = new SocketAddress({ address: bare, family: 'ipv6' });
  const mapped = zone === '' ? /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1] : undefined;
  return mapped ?? address + zone;
}

/** Whether an address, in its one spelling, is a loopback address: this machine's, or nobody's. */
export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
