import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc: unknown = runInNewContext('gc');

/** Collects garbage, and gives what waits for that a turn of the event loop. */
export async function collectGarbage(): Promise<void> {
  if (typeof gc !== 'function') throw new Error('this Node hides its garbage collector');
  await setTimeout(1);
  gc();
  await setTimeout(1);
}
