import type { PortRange } from './port';

/**
 * The good part of `runs`: those with `high - low >= minRangeLength + 2 * border`, less `border` ports at each end (the
 * rule of port-for 0.4).
 */
export function goodRuns(runs: readonly PortRange[], minRangeLength: number, border: number): PortRange[] {
  return longRuns(runs, minRangeLength, border).map(({ low, high }) => ({
    low: low + border,
    high: high - border,
  }));
}

/** Sorts `runs`, longest first and of equal ones the highest first, as port-for 0.4 lists them. */
export function longestFirst(runs: PortRange[]): PortRange[] {
  return runs.sort((a, b) => b.high - b.low - (a.high - a.low) || b.low - a.low);
}

/** Those of `runs` that are long enough to have a good part. */
export function longRuns(runs: readonly PortRange[], minRangeLength: number, border: number): PortRange[] {
  return runs.filter(({ low, high }) => high - low >= minRangeLength + 2 * border);
}

/** What is left of `ranges`, which stay in their order, without the ports of `others`. */
export function subtractRanges(ranges: readonly PortRange[], others: readonly PortRange[]): PortRange[] {
  let left = [...ranges];
  for (const other of others) {
    left = left.flatMap((range) =>
      range.high < other.low || range.low > other.high ? range : subtractRange(range, other),
    );
  }
  return left;
}

function subtractRange(range: PortRange, other: PortRange): PortRange[] {
  const below = { low: range.low, high: other.low - 1 };
  const above = { low: other.high + 1, high: range.high };
  return [below, above].filter(({ low, high }) => low <= high);
}
