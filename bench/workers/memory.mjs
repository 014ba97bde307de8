// Prints how the resident memory of a process behaves over full scans, in MiB: `memory.mjs METHOD COUNT`. Needs
// --expose-gc, so that what is garbage does not count.
import { setTimeout as sleep } from 'node:timers/promises';
import { loadPackage } from '../harness/paths.mjs';

const [method, count] = process.argv.slice(2);
const { scan } = loadPackage();

/** Scans until allocators and caches have what they keep. */
const WARM_UP = 10;

const resident = () => process.memoryUsage.rss() / 2 ** 20;

async function settled() {
  for (let index = 0; index < 3; index++) {
    globalThis.gc();
    await sleep(20);
  }
  return resident();
}

async function everyPort(onSample = () => {}) {
  const sampler = setInterval(onSample, 5);
  await scan('1-65535', { method, host: method === 'table' ? undefined : '127.0.0.1' });
  onSample();
  clearInterval(sampler);
}

const before = await settled();
await everyPort();
for (let index = 1; index < WARM_UP; index++) await everyPort();
const idle = await settled();
let peak = idle;
await everyPort(() => {
  peak = Math.max(peak, resident());
});
for (let index = 1; index < Number(count); index++) await everyPort();
const after = await settled();
console.log(JSON.stringify({ warmUp: idle - before, during: peak - idle, growth: after - idle }));
