import { createRequire } from 'node:module';
import { detect } from 'detect-port';
import getPort, { portNumbers } from 'get-port';
import { getPort as getPortPlease, getRandomPort } from 'get-port-please';
import { loadPackage } from './paths.mjs';

const { lease, selectRandom } = loadPackage();
const portfinder = createRequire(import.meta.url)('portfinder');

/** What picks a port from `low` to `high`, as nearly as it can: a function that returns it, by its name. */
export function rangePickers({ low, high }) {
  return {
    'get-port': () => getPort({ port: portNumbers(low, high) }),
    portfinder: () => portfinder.getPortPromise({ port: low, stopPort: high }),
    'get-port-please': () => getPortPlease({ portRange: [low, high], random: false }),
    'detect-port': () => detect(low),
    'selectRandom()': () => selectRandom({ ports: { low, high } }),
  };
}

/** What picks a port of its own choice. */
export const FREE_PICKERS = {
  'get-port': () => getPort(),
  portfinder: () => portfinder.getPortPromise(),
  'get-port-please': () => getRandomPort(),
  'detect-port': () => detect(),
  'selectRandom()': () => selectRandom(),
};

/** Enough for the largest crew. */
const RANGE = { low: 20_000, high: 23_999 };

const kept = [];

/** Those that `workers/collide.mjs` can be told to use. Leases are kept for as long as the process lives. */
export const CONTESTANTS = {
  ...rangePickers(RANGE),
  'lease()': async () => {
    kept.push(await lease({ ports: RANGE }));
    return kept.at(-1).port;
  },
};
