import { join } from 'node:path';
import { outputOf, startHelper } from './children.mjs';
import { BENCH } from './paths.mjs';

const FOLDER = join(BENCH, 'baseline');
/** The baseline's command. */
export const BASELINE = join(FOLDER, 'build', 'baseline');

/** Builds the baseline: the addon's system calls in plain C. */
export async function buildBaseline() {
  await outputOf('make', ['-s', '-C', FOLDER]);
}

/** Milliseconds of one measurement of the baseline; see `baseline/raw.h` for what there is. */
export async function raw(work, number = 1) {
  return Number(await outputOf(BASELINE, [work, String(number)])) / 1e6;
}

/** What one process may hold open, with room for its own. */
const MOST_OF_ONE = 4000;

/**
 * Listens, from other processes, on `count` ports that are free, from `low` on and `step` apart. Returns how many
 * there were and how to let them go.
 */
export async function occupy({ low, count, step = 1 }) {
  const helpers = [];
  let occupied = 0;
  while (occupied < count) {
    const share = Math.min(MOST_OF_ONE, count - occupied);
    const first = low + occupied * step;
    if (first > 65535) break;
    const helper = await startHelper(BASELINE, ['occupy', String(first), String(share), String(step)]);
    helpers.push(helper);
    occupied += Number(helper.line);
    if (helper.line === '0') break;
  }
  return { occupied, stop: () => Promise.all(helpers.map((helper) => helper.stop())) };
}
