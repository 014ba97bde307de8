// Prints what waits for closed ports cost: `wait-cost.mjs WAITER COUNT SECONDS` gives the processor's time in percent
// of one core, and the growth of resident memory in MiB.
import { setTimeout as sleep } from 'node:timers/promises';
import { WAITERS } from '../harness/waiters.mjs';

const [waiter, count, seconds] = process.argv.slice(2);
const { occupied } = WAITERS[waiter]();

const resident = () => process.memoryUsage.rss() / 2 ** 20;

const before = resident();
const used = process.cpuUsage();
for (let port = 1; port <= Number(count); port++) occupied(port);
let peak = 0;
for (let second = 0; second < Number(seconds); second++) {
  await sleep(1000);
  peak = Math.max(peak, resident());
}
const { user, system } = process.cpuUsage(used);
const percent = (user + system) / 1e4 / Number(seconds);
console.log(JSON.stringify({ percent, memory: peak - before }));
process.exit();
