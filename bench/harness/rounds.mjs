import { quiet } from './quiet.mjs';
import { median } from './statistics.mjs';

let patience = 0;

/** Makes every measurement wait for a quiet machine first, so many milliseconds at most. */
export function bePatient(milliseconds) {
  patience = milliseconds;
}

/**
 * Measures each of `contestants` once a round, in turn, A B C A B C: what disturbs the machine for a while then
 * disturbs all of them. A first round that warms up does not count.
 *
 * @param contestants name -> a function that measures once and returns (a promise of) a number, or of an object of
 * numbers by the name of the row that each belongs to
 * @returns a map from the name of each row to its values, one for each round
 */
export async function inTurn(contestants, rounds, { warmUp = true } = {}) {
  const rows = new Map();
  for (let round = warmUp ? -1 : 0; round < rounds; round++) {
    for (const [name, measure] of Object.entries(contestants)) {
      showProgress(`  ${round < 0 ? 'warm-up' : `round ${round + 1} of ${rounds}`}: ${name}`);
      await quiet(patience);
      const measured = await measure();
      if (round < 0) continue;
      for (const [row, value] of Object.entries(
        typeof measured === 'number' ? { [name]: measured } : measured,
      )) {
        if (!rows.has(row)) rows.set(row, []);
        rows.get(row).push(value);
      }
    }
  }
  showProgress('');
  return rows;
}

/** Milliseconds that `work` takes. */
export async function milliseconds(work) {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** The median of the milliseconds that each of `count` runs of `work` takes, one after the other. */
export async function medianMilliseconds(count, work) {
  const taken = [];
  for (let index = 0; index < count; index++) taken.push(await milliseconds(work));
  return median(taken);
}

/** One line that is written over again and again, where a person looks. */
function showProgress(line) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
}
