// Scans, picks, leases and watches on the addon's threads, and workers that are terminated in the middle of them. For
// Thread Sanitizer (scripts/sanitize.mjs); alone it shows that nothing crashes, hangs or leaks a descriptor.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { note, portFor, ROOT, runAlone } from './part.mjs';

const WORK = `
const portFor = require(${JSON.stringify(join(ROOT, 'dist/index.js'))});
const again = () =>
  Promise.all([
    portFor.scan('20000-23000'),
    portFor.scan('20000-23000', { method: 'connect' }),
    portFor.selectRandom(),
    portFor.leaseMany(20).then((leases) => leases.slice(10).forEach((lease) => lease.release())),
    portFor.occupied('127.0.0.1', 1, { timeout: 20 }).catch(() => {}),
  ]).then(again);
again();`;

/** @param {{ seconds: number }} settings */
export async function runThreads({ seconds }) {
  /** @type {string[]} */
  const faults = [];
  const end = Date.now() + seconds * 1000;
  const descriptors = () => readdirSync('/proc/self/fd').length;
  const startAndTerminate = async () => {
    const worker = new Worker(WORK, { eval: true });
    worker.once('error', (error) => note(faults, `a worker failed: ${error}`));
    await Promise.all([workHere(), sleep(Math.random() * 400)]);
    await worker.terminate();
  };
  // What the process keeps for all of them, such as its poller of connections to hang up, is open after the first.
  await startAndTerminate();
  const before = descriptors();
  let workers = 0;
  for (; Date.now() < end; workers++) await startAndTerminate();
  // For as long as connections are hung up at most.
  for (let waited = 0; waited < 6000 && descriptors() > before; waited += 50) await sleep(50);
  if (descriptors() > before) note(faults, `${descriptors()} descriptors, ${before} before`);
  return { faults, workers };
}

async function workHere() {
  const controller = new AbortController();
  const ended = portFor.scan('20000-23000', { method: 'connect', signal: controller.signal }).catch(() => {});
  const leases = await portFor.leaseMany(50);
  await Promise.all([portFor.scan('20000-23000'), portFor.allocate(50), portFor.portIsUsed(20000)]);
  controller.abort();
  for (const lease of leases) lease.release();
  await ended;
}

await runAlone(import.meta.url, { seconds: 60 }, runThreads);
