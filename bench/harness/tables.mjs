import { median, quantile, ratio } from './statistics.mjs';
import { threeDigits } from './targets.mjs';

/**
 * A table of what was measured: a row for each of `rows` with its median, its spread, and, where there is a
 * reference, how many times the reference's value it is.
 *
 * @param {{ title: string, unit: string, rows: Map<string, number[]>, reference?: string }} measured
 */
export function measuredTable({ title, unit, rows, reference }) {
  const references = rows.get(reference);
  const heading = ['', `median, ${unit}`, 'p10 - p90'];
  if (references !== undefined) heading.push(`times ${reference}`);
  const lines = [...rows].map(([name, values]) => {
    const cells = [
      name,
      threeDigits(median(values)),
      `${threeDigits(quantile(values, 0.1))} - ${threeDigits(quantile(values, 0.9))}`,
    ];
    if (references === undefined) return cells;
    return [...cells, name === reference ? '1' : threeDigits(ratio(values, references))];
  });
  return `**${title}**\n\n${table(heading, lines)}`;
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
