import { show } from '../arguments/invalid-argument';
import { HostError } from './errors';

/** Whether an IPv6 address is link-local (RFC 4291: fe80::/10), with an interface or without. */
export function isLinkLocal(address: string): boolean {
  return /^fe[89ab][0-9a-f]:/i.test(address);
}

/**
 * Returns `host` unless it is a link-local address that names no interface: it means another host on each (RFC 4007).
 *
 * @throws HostError
 */
export function checkScope<T extends string>(host: T): T {
  if (!isLinkLocal(host) || /%(?!0+$)/.test(host)) return host;
  throw new HostError(
    host,
    `host ${show(host)} is link-local: name its interface too, as in ${host.replace(/%.*/, '')}%eth0`,
  );
}
