import { missingHost } from '../errors';

/** Every spelling of the IPv6 wildcard: `::`, `::0`, `0:0:0:0:0:0:0:0`, `::0.0.0.0`. */
const IPV6_WILDCARD =
  /^(?:(?:0{1,4}:){7}0{1,4}|(?:0{1,4}(?::0{1,4})*)?::(?:(?:0{1,4}:)*(?:0{1,4}|0\.0\.0\.0))?)$/;

/**
 * The host at which a client reaches a server that listens on `serverHost`: the loopback of their family for the
 * wildcards `0.0.0.0` and `::`, anything else as it is (portend 3.1 `client_host`).
 * Throws a `RangeError` for an empty or missing host.
 */
export function clientHost(serverHost: string): string {
  if (typeof serverHost !== 'string' || serverHost === '') throw missingHost(serverHost);
  if (serverHost === '0.0.0.0') return '127.0.0.1';
  return IPV6_WILDCARD.test(serverHost) ? '::1' : serverHost;
}
