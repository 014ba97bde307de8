// Picks, scans, leases and waits, at once and on the addon's threads. In the second half memory and descriptors stay as
// they are after the first, in which the heap grows to what a process needs.

import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { note, portFor, runAlone } from '../part.mjs';

/** What one round does; every tenth time a promise does it. */
const PER_ROUND = { picks: 1000, scans: 1, leases: 100, waits: 10 };

/** What garbage the allocator keeps differs from one look to the next by this much. */
const MOST_GROWTH = 8 * 2 ** 20;

const PORTS = '8192-16383';

/** @param {number} round */
async function runRound(round) {
  const isSync = round % 10 !== 0;
  for (let count = 0; count < PER_ROUND.picks; count++) {
    if (isSync) portFor.selectRandomSync();
    else await portFor.selectRandom();
  }
  for (let count = 0; count < PER_ROUND.scans; count++) {
    if (isSync) portFor.scanSync(PORTS);
    else await portFor.scan(PORTS);
  }
  const leases = isSync ? portFor.leaseManySync(PER_ROUND.leases) : await portFor.leaseMany(PER_ROUND.leases);
  for (const lease of leases) lease.release();
  for (let count = 0; count < PER_ROUND.waits; count += 2) await waitTwice();
}

/** For a server that opens in a moment, and for the end of it. */
async function waitTwice() {
  const server = createServer((socket) => socket.end('hello'));
  const port = portFor.selectRandomSync();
  const isOpen = portFor.occupied('localhost', port);
  server.listen(port);
  await isOpen;
  const isFree = portFor.free('localhost', port);
  server.close();
  await isFree;
  if (server.listening) await once(server, 'close');
}

/** @param {{ rounds: number }} settings */
export async function runMemory({ rounds }) {
  /** @type {string[]} */
  const faults = [];
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc');
  const look = () => {
    for (let round = 0; round < 3; round++) collectGarbage();
    const { rss, heapTotal, heapUsed } = process.memoryUsage();
    // Without the room that V8 keeps for objects to come, which it doubles now and then.
    return { bytes: rss - heapTotal + heapUsed, descriptors: readdirSync('/proc/self/fd').length };
  };
  const first = Math.ceil(rounds / 2);
  for (let round = 0; round < first; round++) await runRound(round);
  const before = look();
  for (let round = first; round < rounds; round++) await runRound(round);
  const after = look();
  const growth = after.bytes - before.bytes;
  if (growth > MOST_GROWTH) note(faults, `${growth} bytes more than after the first half`);
  if (after.descriptors > before.descriptors)
    note(faults, `${after.descriptors} descriptors, ${before.descriptors} before`);
  const counts = Object.entries(PER_ROUND).map(([what, count]) => [what, count * rounds]);
  return { faults, ...Object.fromEntries(counts), growth };
}

await runAlone(import.meta.url, { rounds: 1000 }, runMemory);
