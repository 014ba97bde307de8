// Prints the 99th percentile of the event loop's delay, in milliseconds: `event-loop.mjs METHOD MILLISECONDS`, while
// scans run one after the other for that long, or with `idle` while nothing does.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadPackage } from '../harness/paths.mjs';

const [method, duration] = process.argv.slice(2);
const { scan } = loadPackage();
/** How often the delay is sampled, which the samples contain. */
const RESOLUTION = 1;

const everyPort = () => scan('1-65535', { method, host: '127.0.0.1' });
if (method !== 'idle') await everyPort();

const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
delay.enable();
const end = performance.now() + Number(duration);
while (performance.now() < end) {
  if (method !== 'idle') await everyPort();
  // A turn of the loop, which what is done at once would never leave.
  await sleep(1);
}
delay.disable();
console.log(
  JSON.stringify({ p99: Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION), longest: delay.max / 1e6 }),
);
