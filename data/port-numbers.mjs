// @ts-check

/** The largest port number there is. */
export const MAX_PORT = 65535;

/**
 * Ports from `low` to `high`, both included.
 * @typedef {{ low: number, high: number }} PortRange
 */

/**
 * Reads port numbers as registries print them: `80`, `6000-6063`, `6881–6887` (any dash), and lists of these. Port 0,
 * which nobody can bind, is left out.
 * @param {string} text
 * @returns {PortRange[] | undefined} undefined where the text is anything else
 */
export function parsePortNumbers(text) {
  const ranges = [];
  for (const part of text.split(/[,;/]|\band\b/)) {
    const range = parseRange(part);
    if (range === undefined) return undefined;
    if (range.high > 0) ranges.push({ low: Math.max(range.low, 1), high: range.high });
  }
  return ranges;
}

/**
 * The ports that a sentence mentions, such as `Known Unauthorized Use on ports 4490 and 4491`.
 * @param {string} sentence
 * @returns {PortRange[]}
 */
export function findPortNumbers(sentence) {
  const numbers = plainDashes(sentence).match(/\d+(\s*-\s*\d+)?/g) ?? [];
  return numbers.flatMap((number) => parsePortNumbers(number) ?? []);
}

/** @param {string} text */
function parseRange(text) {
  const ends = /^\s*(\d{1,5})\s*(?:-\s*(\d{1,5})\s*)?$/.exec(plainDashes(text));
  if (ends === null) return undefined;
  const low = Number(ends[1]);
  const high = Number(ends[2] ?? ends[1]);
  return low <= high && high <= MAX_PORT ? { low, high } : undefined;
}

/** @param {string} text */
function plainDashes(text) {
  return text.replace(/[\u2010-\u2015\u2212]+/g, '-');
}
