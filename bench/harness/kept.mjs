import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH } from './paths.mjs';
import { threeDigits } from './targets.mjs';

// The figures of the run whose tables README.md shows, for comparisons and for the figure: by suite and title.

const PATH = join(BENCH, 'last-run.json');
/** What no change of ours makes faster or slower. */
const YARDSTICK = /^(raw C|node -e 0|the same calls)/;
/** A ratio that got worse by less may be chance. */
const TOLERANCE = 1.1;

/** @returns {Record<string, object[]>} the measured tables of each suite */
export function readKept() {
  return existsSync(PATH) ? JSON.parse(readFileSync(PATH, 'utf8')) : {};
}

export function keep(suite, tables) {
  const kept = { ...readKept(), [suite]: tables.filter((table) => typeof table !== 'string') };
  writeFileSync(PATH, `${JSON.stringify(kept, roundNumbers, 2)}\n`);
}

function roundNumbers(_, value) {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value;
}

/**
 * What fell back beside the same work in C, an empty Node or, where there is neither, peers, by more than a tenth and by
 * more than the spread of this run: one line each.
 */
export function fallBacks(suite, tables) {
  const kept = readKept()[suite] ?? [];
  return tables.flatMap((table) => {
    const before = kept.find(({ title }) => title === table.title);
    return before === undefined || table.reference === undefined ? [] : compare(suite, before, table);
  });
}

function compare(suite, before, { title, reference, lines }) {
  const others = lines.filter(({ times }) => times !== undefined);
  const yardsticks = others.filter(({ name }) => YARDSTICK.test(name));
  const isOursBelow = YARDSTICK.test(reference);
  const judged = isOursBelow || yardsticks.length === 0 ? others : yardsticks;
  return judged.flatMap(({ name, times, timesSpread: [low, high] }) => {
    const { times: once } = before.lines.find((line) => line.name === name) ?? {};
    if (once === undefined) return [];
    const isWorse = isOursBelow ? low > once * TOLERANCE : high < once / TOLERANCE;
    if (!isWorse) return [];
    return `${suite}, ${title}: ${name} took ${threeDigits(once)} times as long as ${reference}, and takes ${threeDigits(times)} times as long now`;
  });
}
