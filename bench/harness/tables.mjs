import { median, quantile, ratio, ratios } from './statistics.mjs';
import { threeDigits } from './targets.mjs';

/**
 * What was measured, as plain data: a line for each of `rows` with its median and spread, and, where there is a
 * reference, how many times the reference's value of the same round it is, with the spread of that.
 *
 * @param {{ title: string, unit: string, rows: Map<string, number[]>, reference?: string }} measured
 */
export function measuredTable({ title, unit, rows, reference }) {
  const references = rows.get(reference);
  const lines = [...rows].map(([name, values]) => {
    const line = { name, median: median(values), spread: spreadOf(values) };
    if (references === undefined || name === reference) return line;
    return { ...line, times: ratio(values, references), timesSpread: spreadOf(ratios(values, references)) };
  });
  return { title, unit, reference: references === undefined ? undefined : reference, lines };
}

/** A table of a suite in Markdown: what `measuredTable` gives, or text as it is. */
export function showTable(measured) {
  if (typeof measured === 'string') return measured;
  const { title, unit, reference, lines } = measured;
  const heading = ['', `median, ${unit}`, 'p10 - p90'];
  if (reference !== undefined) heading.push(`times ${reference}`, 'p10 - p90');
  const cells = lines.map(({ name, median, spread, times, timesSpread }) => {
    const own = [name, threeDigits(median), showSpread(spread)];
    if (reference === undefined) return own;
    return times === undefined ? [...own, '1', ''] : [...own, threeDigits(times), showSpread(timesSpread)];
  });
  return `**${title}**\n\n${table(heading, cells)}`;
}

function spreadOf(values) {
  return [quantile(values, 0.1), quantile(values, 0.9)];
}

function showSpread([low, high]) {
  return `${threeDigits(low)} - ${threeDigits(high)}`;
}

/** The judged targets of a suite. */
export function targetTable(targets) {
  const lines = targets.map(({ what, target, here, measured, overRaw, verdict, note }) => [
    what,
    target,
    here,
    measured,
    overRaw,
    note === '' ? verdict : `${verdict} (${note})`,
  ]);
  return table(['target', 'bound', "bound at this machine's speed", 'measured', 'over raw C', ''], lines);
}

/** A table in Markdown, its columns aligned: the first to the left, numbers to the right. */
export function table(heading, lines) {
  const widths = heading.map((title, column) =>
    Math.max(3, title.length, ...lines.map((line) => (line[column] ?? '').length)),
  );
  const row = (cells) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [row(heading), rule, ...lines.map(row)].join('\n');
}
