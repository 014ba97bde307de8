import { optionalAddon } from '../optional-addon';

/**
 * Whether an IP address is one of this machine, so that its listeners are in this machine's socket table; where there
 * is no addon to read that, it does not matter.
 */
export function isLocalAddress(address: string): boolean {
  if (address.startsWith('127.') || address === '::1') return true;
  return optionalAddon()?.isLocalAddress(address) ?? false;
}

/** Whether this machine knows a way to an IP address; false too where there is no addon to ask. */
export function hasRoute(address: string): boolean {
  return optionalAddon()?.hasRoute(address) ?? false;
}
