// @ts-check
import { IANA_REGISTRY, TRANSPORTS } from './records.mjs';

/**
 * @typedef {import('./records.mjs').IanaRecord} IanaRecord
 * @typedef {import('./records.mjs').PortUse} PortUse
 * @typedef {import('./records.mjs').Transport} Transport
 */

/**
 * Why ports are not unassigned: each row of IANA that assigns or reserves them, and each unofficial use.
 * @typedef {object} Evidence
 * @property {(string | number)[][]} iana `[low, high, transports, name, description, registered, modified]`, without the
 *   empty ends
 * @property {(string | number)[][]} uses `[low, high, transports, use, source]`, the source as an index
 * @property {string[]} sources the pages that describe the uses
 */

/**
 * @param {readonly IanaRecord[]} records
 * @param {readonly PortUse[]} uses
 * @returns {Evidence}
 */
export function evidence(records, uses) {
  const assigned = records.filter(({ isUnassigned }) => !isUnassigned);
  const iana = mergeTransports(
    assigned.map((record) => ({
      record,
      words: [record.name, record.description, record.registered, record.modified],
    })),
  );
  const noticed = records.flatMap(({ transports, unofficialUse }) =>
    unofficialUse.map((range) => ({ ...range, transports, name: '', source: IANA_REGISTRY })),
  );
  const official = uses.filter(({ claimsAssignment }) => !claimsAssignment);
  const all = [...official, ...noticed];
  const sources = [...new Set(all.map(({ source }) => source))].sort();
  const used = mergeTransports(
    all.map((use) => ({ record: use, words: [use.name, sources.indexOf(use.source)] })),
  );
  return { iana, uses: used, sources };
}

/**
 * The table as text, one row a line.
 * @param {Evidence} evidence
 */
export function evidenceText({ iana, uses, sources }) {
  const lines = (/** @type {unknown[]} */ rows) =>
    `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]`;
  return `{"iana":${lines(iana)},\n"uses":${lines(uses)},\n"sources":${lines(sources)}}\n`;
}

/**
 * Rows in ascending order; what is said of both transports in the same words is said once.
 * @param {{ record: { low: number, high: number, transports: readonly Transport[] }, words: (string | number)[] }[]} said
 */
function mergeTransports(said) {
  /** @type {Map<string, { low: number, high: number, transports: Set<Transport>, words: (string | number)[] }>} */
  const merged = new Map();
  for (const { record, words } of said) {
    const { low, high } = record;
    const key = JSON.stringify([low, high, ...words]);
    const row = merged.get(key) ?? { low, high, transports: new Set(), words };
    for (const transport of record.transports) row.transports.add(transport);
    merged.set(key, row);
  }
  return [...merged.values()]
    .sort((a, b) => a.low - b.low || a.high - b.high)
    .map(({ low, high, transports, words }) => {
      const named = TRANSPORTS.filter((transport) => transports.has(transport)).join('+');
      return withoutEmptyEnd([low, high, named, ...words]);
    });
}

/** @param {(string | number)[]} row */
function withoutEmptyEnd(row) {
  const end = row.findLastIndex((word) => word !== '');
  return row.slice(0, end + 1);
}
