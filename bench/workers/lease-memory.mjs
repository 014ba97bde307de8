// Prints the bytes of JavaScript heap that a held lease takes: `lease-memory.mjs COUNT`. Needs --expose-gc.
import { loadPackage } from '../harness/paths.mjs';

const count = Number(process.argv[2]);
const { leaseManySync } = loadPackage();

function heap() {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

// The first leases load what all of them share.
for (const lease of leaseManySync(10)) lease.release();
const before = heap();
const leases = leaseManySync(count);
const after = heap();
for (const lease of leases) lease.release();
console.log(JSON.stringify({ bytes: (after - before) / count }));
