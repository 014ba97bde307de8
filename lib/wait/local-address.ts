/** How long the list of this machine's addresses is believed, ms. */
const BELIEVED = 1000;

let own = new Set<string>();
let readAt = -Infinity;

/** Whether an IP address is one of this machine, so that its listeners are in this machine's socket table. */
export function isLocalAddress(address: string): boolean {
  if (address.startsWith('127.') || address === '::1') return true;
  const now = performance.now();
  if (now - readAt > BELIEVED) {
    own = ownAddresses();
    readAt = now;
  }
  return own.has(withoutZone(address));
}

function ownAddresses(): Set<string> {
  const { networkInterfaces } = require('node:os') as typeof import('node:os');
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return new Set(addresses.map(({ address }) => withoutZone(address)));
}

/** `fe80::1%eth0` is `fe80::1`, on whichever link. */
function withoutZone(address: string): string {
  return address.split('%', 1)[0] ?? address;
}
