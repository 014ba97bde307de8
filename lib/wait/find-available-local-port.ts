import type { AddressInfo } from 'node:net';

/**
 * A port that the kernel picks from its ephemeral range, free in both address families on every local address at
 * that moment (portend 3.1 `find_available_local_port`). Nothing holds it: another process can be given it before
 * you listen. A server of your own does better to listen on port 0, or a lease holds the port for you.
 */
export function findAvailableLocalPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const { createServer } = require('node:net') as typeof import('node:net');
    const server = createServer();
    server.once('error', reject);
    // Without a host this is the dual-stack wildcard, or that of IPv4 where IPv6 is off.
    server.listen({ port: 0, exclusive: true }, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
