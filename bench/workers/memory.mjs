// Prints how the resident memory of a process behaves over full scans, in MiB: `memory.mjs METHOD COUNT`. Needs
// --expose-gc, so that what is garbage does not count, and --max-semi-space-size=1, since V8 otherwise gives its
// young generation ever more room, whatever makes the garbage.
import { setTimeout as sleep } from 'node:timers/promises';
import { loadPackage } from '../harness/paths.mjs';

const [method, count] = process.argv.slice(2);
const { scan } = loadPackage();

/** Small scans until code is compiled and allocators have what they keep. */
const WARM_UP = 1000;

const resident = () => process.memoryUsage.rss() / 2 ** 20;

async function settled() {
  for (let index = 0; index < 3; index++) {
    globalThis.gc();
    await sleep(20);
  }
  return resident();
}

const scanPorts = (ports) => scan(ports, { method, host: method === 'table' ? undefined : '127.0.0.1' });

for (let index = 0; index < WARM_UP; index++) await scanPorts('1-300');
const idle = await settled();
let peak = idle;
const sampler = setInterval(() => {
  peak = Math.max(peak, resident());
}, 5);
await scanPorts('1-65535');
clearInterval(sampler);
const half = Number(count) / 2;
for (let index = 0; index < half; index++) await scanPorts('1-65535');
// What was garbage stays with the allocator, up to what it was at most between two collections.
const kept = await settled();
for (let index = 0; index < half; index++) await scanPorts('1-65535');
const last = await settled();
console.log(JSON.stringify({ during: peak - idle, kept: kept - idle, growth: last - kept }));
