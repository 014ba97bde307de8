import type { FaultlessAddon } from './native';

let addon: FaultlessAddon | undefined;
let isLoaded = false;

/**
 * The addon, for what goes without it too; undefined where there is none for this system. The first call loads it, so
 * that what never asks starts without.
 */
export function optionalAddon(): FaultlessAddon | undefined {
  if (isLoaded) return addon;
  isLoaded = true;
  try {
    ({ addon } = require('./native') as typeof import('./native'));
  } catch {
    // It stays undefined.
  }
  return addon;
}
