// Takes and releases leases, at once and on the addon's threads. Memory and descriptors stay as they were after the first
// tenth.

import { readdirSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { note, portFor, runAlone } from '../part.mjs';

const BATCH = 500;

/** What garbage the allocator keeps differs from one look to the next by this much. */
const MOST_GROWTH = 8 * 2 ** 20;

/** @param {{ leases: number }} settings */
export async function runLeases({ leases }) {
  /** @type {string[]} */
  const faults = [];
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc');
  const look = () => {
    for (let round = 0; round < 3; round++) collectGarbage();
    return { rss: process.memoryUsage.rss(), descriptors: readdirSync('/proc/self/fd').length };
  };
  /** @param {number} count */
  const take = async (count) => {
    for (let taken = 0; taken < count; taken += BATCH) {
      const isSync = taken % (4 * BATCH) !== 0;
      const held = isSync ? portFor.leaseManySync(BATCH) : await portFor.leaseMany(BATCH);
      for (const lease of held) lease.release();
      await turn();
    }
  };
  const first = Math.max(leases / 10, 4 * BATCH);
  await take(first);
  const before = look();
  await take(leases - first);
  const after = look();
  const growth = after.rss - before.rss;
  if (growth > MOST_GROWTH) note(faults, `${growth} bytes more than after the first tenth`);
  if (after.descriptors > before.descriptors)
    note(faults, `${after.descriptors} descriptors, ${before.descriptors} before`);
  return { faults, leases, growth };
}

await runAlone(import.meta.url, { leases: 100_000 }, runLeases);
