import { addon } from '../../lib/addon/addon';
import { leaseSync } from '../../lib/lease/lease';

/** Why the socket table cannot be looked into here; false where it can. */
export const NO_TABLE: string | false =
  addon.tablePorts('tcp', 'listen') === undefined ? 'this system has no socket table to read' : false;

/**
 * Why the socket table leaves out sockets that are bound and nothing else, leases among them; false where it has them.
 * Linux has them from 6.8 on, and never in /proc/net, which is read where netlink is not to be had.
 */
export const NO_BOUND: string | false =
  NO_TABLE || (showsBound() ? false : 'the table shows no bound sockets');

function showsBound(): boolean {
  using held = leaseSync();
  return addon.tableSockets('tcp', 'all')?.some(({ port }) => port === held.port) ?? false;
}
