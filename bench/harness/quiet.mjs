import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** How much of the processors' time others may take, and over how many milliseconds that is looked at. */
const MOST_BUSY = 0.1;
const GLANCE = 200;

/** Waits until nobody else uses the processors, `patience` milliseconds at most. */
export async function quiet(patience) {
  const end = performance.now() + patience;
  while (performance.now() < end) {
    const before = times();
    await sleep(GLANCE);
    const after = times();
    if ((after.busy - before.busy) / (after.all - before.all) <= MOST_BUSY) return;
  }
}

/** The time that all processors spent, and that part of it in which they did something. */
function times() {
  let all = 0;
  let idle = 0;
  for (const processor of os.cpus()) {
    for (const time of Object.values(processor.times)) all += time;
    idle += processor.times.idle;
  }
  return { all, busy: all - idle };
}
