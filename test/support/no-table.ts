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

/** Why the socket table is not read by netlink here; false on a system that has it. */
export const NO_NETLINK: string | false =
  process.platform !== 'linux'
    ? 'only Linux has netlink'
    : process.env.EMULATED_CC !== undefined && "qemu's user mode refuses NETLINK_SOCK_DIAG (EPROTONOSUPPORT)";
