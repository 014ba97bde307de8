/** Whether an IP address is one of this machine, so that its listeners are in this machine's socket table. */
export function isLocalAddress(address: string): boolean {
  if (address.startsWith('127.') || address === '::1') return true;
  const { addon } = require('../native') as typeof import('../native');
  return addon.isLocalAddress(address);
}
