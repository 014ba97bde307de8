/**
 * A host and a port as a URL has them (RFC 3986, section 3.2): an IPv6 address stands in brackets, or its last group could
 * not be told from the port.
 */
export function toAuthority(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
