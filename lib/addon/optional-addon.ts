import type { Addon } from './contract';

let addon: Addon | undefined;
let isLoaded = false;

/**
 * The addon, for what goes without it too; undefined where there is none for this system. The first call loads it, so
 * that what never asks starts without.
 */
export function optionalAddon(): Addon | undefined {
  if (isLoaded) return addon;
  isLoaded = true;
  try {
    ({ addon } = require('./addon') as typeof import('./addon'));
  } catch {
    // It stays undefined.
  }
  return addon;
}
