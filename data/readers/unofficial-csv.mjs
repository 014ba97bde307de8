// @ts-check
import { parse } from 'csv-parse/sync';
import { parsePortNumbers } from '../port-numbers.mjs';
import { TRANSPORTS, WIKIPEDIA_LIST } from '../records.mjs';

/** @param {string} text */
export function isUnofficialCsv(text) {
  return /^low,high,transport,service(,source)?\r?\n/.test(text);
}

/**
 * Reads a list of unofficial uses: lowest and highest port, `tcp`, `udp` or `tcp+udp`, and the use. A fifth column gives
 * the address of the page that describes the use; a list without it is Wikipedia's.
 * @param {string} text
 * @returns {import('../records.mjs').UnofficialList}
 */
export function readUnofficialCsv(text) {
  /** @type {{ info: { lines: number }, record: Record<string, string> }[]} */
  const rows = parse(text, { columns: true, info: true, trim: true });
  const uses = rows.flatMap(({ info, record }) => {
    const { low = '', high = '', transport = '', service: name = '', source = WIKIPEDIA_LIST } = record;
    const named = transport.split('+');
    const transports = TRANSPORTS.filter((known) => named.includes(known));
    const ranges = parsePortNumbers(`${low}-${high}`);
    if (ranges === undefined || transports.length !== named.length || name === '' || source === '') {
      throw new Error(`line ${info.lines} of the unofficial list is off: ${Object.values(record).join(',')}`);
    }
    return ranges.map((range) => ({ ...range, transports, name, source, claimsAssignment: false }));
  });
  return { uses, skipped: [] };
}
