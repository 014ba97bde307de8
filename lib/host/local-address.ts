import { optionalAddon } from '../addon/optional-addon';
import { PortSystemError } from '../errors/port-system-error';
import { isLoopback } from './address';

// What a wait likes to know of an address, and goes without where there is no addon. A loopback address takes none: a
// short wait for a port of this machine ends before the addon would be loaded.

/**
 * Whether an IP address, in its one spelling, is one of this machine, so that its listeners are in this machine's
 * socket table.
 */
export function isLocalAddress(address: string): boolean {
  try {
    return isLoopback(address) || (optionalAddon()?.isLocalAddress(address) ?? false);
  } catch (error) {
    // With no descriptor left nobody knows. Taken for this machine's, it is asked often and left to the connection.
    if (error instanceof PortSystemError) return true;
    throw error;
  }
}

/** Whether this machine knows a way to an IP address. */
export function hasRoute(address: string): boolean {
  if (!isLoopback(address)) return optionalAddon()?.hasRoute(address) ?? false;
  const { networkInterfaces } = require('node:os') as typeof import('node:os');
  const family = address.includes(':') ? 'IPv6' : 'IPv4';
  return Object.values(networkInterfaces()).some((own) =>
    own?.some((entry) => entry.internal && entry.family === family),
  );
}

/**
 * Whether a connection to a port of an IP address meets a listener, by the socket table: it knows of one that answers
 * nobody, whose backlog is full. Undefined where the address is another machine's, and where the table cannot be read.
 */
export function isListening(address: string, port: number): boolean | undefined {
  return isLocalAddress(address) ? optionalAddon()?.isListening(address, port) : undefined;
}
