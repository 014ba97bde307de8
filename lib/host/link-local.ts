import { HostError, show } from '../errors';

/**
 * Returns `host` unless it is a link-local address that names no interface: it means another host on each (RFC 4007).
 *
 * @throws HostError
 */
export function checkScope<T extends string>(host: T): T {
  if (!/^fe[89ab][0-9a-f]:[^%]*(%0+)?$/i.test(host)) return host;
  throw new HostError(
    host,
    `host ${show(host)} is link-local: name its interface too, as in ${host.replace(/%.*/, '')}%eth0`,
  );
}
