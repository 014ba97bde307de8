// @ts-check
import { MAX_PORT } from './port-numbers.mjs';
import { TRANSPORTS } from './records.mjs';

/**
 * @typedef {import('./records.mjs').IanaRecord} IanaRecord
 * @typedef {import('./records.mjs').PortUse} PortUse
 * @typedef {import('./records.mjs').Transport} Transport
 * @typedef {import('./port-numbers.mjs').PortRange} PortRange
 */

/**
 * What some ports are known for: the service name of IANA (empty for none) and what else they are used for.
 * @typedef {{ low: number, high: number, transports: readonly Transport[], name: string, uses: string[] }} Service
 */

/**
 * The unassigned ports of a transport: IANA lists them as Unassigned, in no other row (its rows overlap here and
 * there), and no use of them is known. What IANA does not list at all is not among them; 49152-65535, the dynamic
 * ports, which RFC 6335 keeps free of assignments, is not either.
 * @param {Transport} transport
 * @param {readonly IanaRecord[]} records
 * @param {readonly PortUse[]} uses
 * @returns {PortRange[]}
 */
export function unassignedRanges(transport, records, uses) {
  const isUnassigned = new Array(MAX_PORT + 1).fill(false);
  const mark = (/** @type {boolean} */ value, /** @type {PortRange} */ { low, high }) =>
    isUnassigned.fill(value, low, high + 1);

  const ofTransport = speaksOf(transport);
  for (const record of records.filter(ofTransport).filter((record) => record.isUnassigned))
    mark(true, record);
  for (const record of records.filter(ofTransport)) {
    if (!record.isUnassigned) mark(false, record);
    for (const range of record.unofficialUse) mark(false, range);
  }
  for (const use of uses.filter(ofTransport)) mark(false, use);
  return runs((port) => (isUnassigned[port] ? true : undefined)).map(({ low, high }) => ({ low, high }));
}

/**
 * The services of all ports in ascending order; what both transports have in common is told once.
 * @param {readonly IanaRecord[]} records
 * @param {readonly PortUse[]} uses
 * @returns {Service[]}
 */
export function services(records, uses) {
  /** @type {Map<string, Service>} */
  const merged = new Map();
  for (const transport of TRANSPORTS) {
    for (const { low, high, value } of runs(describer(transport, records, uses))) {
      const { name, uses } = JSON.parse(value);
      const twin = merged.get(`${low}-${high} ${value}`);
      const transports = [...(twin?.transports ?? []), transport];
      merged.set(`${low}-${high} ${value}`, { low, high, transports, name, uses });
    }
  }
  const order = (/** @type {Service} */ { transports }) => TRANSPORTS.indexOf(transports[0] ?? 'tcp');
  return [...merged.values()].sort((a, b) => a.low - b.low || a.high - b.high || order(a) - order(b));
}

/**
 * A function that describes a port as JSON text, which compares; undefined where nothing is known.
 * @param {Transport} transport
 * @param {readonly IanaRecord[]} records
 * @param {readonly PortUse[]} uses
 */
function describer(transport, records, uses) {
  const ofTransport = speaksOf(transport);
  const named = byPort(records.filter(ofTransport).filter(({ name }) => name !== ''));
  const assigned = byPort(records.filter(ofTransport).filter(({ isUnassigned }) => !isUnassigned));
  const used = byPort(uses.filter(ofTransport));
  return (/** @type {number} */ port) => {
    const candidates = named[port] ?? [];
    const name = (candidates.find(({ isAlias }) => !isAlias) ?? candidates[0])?.name ?? '';
    // A list that claims what IANA has assigned only repeats IANA in other words.
    const repeats = (/** @type {PortUse} */ use) => use.claimsAssignment && assigned[port] !== undefined;
    const others = (used[port] ?? []).filter((use) => !repeats(use)).map((use) => use.name);
    const unique = [...new Set(others)].filter((other) => other !== '');
    return name === '' && unique.length === 0 ? undefined : JSON.stringify({ name, uses: unique });
  };
}

/**
 * What is said of each port, what is said of fewer ports first.
 * @template {PortRange} T
 * @param {readonly T[]} items
 * @returns {(T[] | undefined)[]}
 */
function byPort(items) {
  /** @type {(T[] | undefined)[]} */
  const ports = new Array(MAX_PORT + 1).fill(undefined);
  for (const item of items.toSorted((a, b) => a.high - a.low - (b.high - b.low))) {
    for (let port = item.low; port <= item.high; port++) {
      const said = ports[port];
      if (said === undefined) ports[port] = [item];
      else said.push(item);
    }
  }
  return ports;
}

/**
 * The runs of neighbouring ports for which `describe` gives the same, ascending; those without a value are left out.
 * @template T
 * @param {(port: number) => T | undefined} describe
 * @returns {{ low: number, high: number, value: T }[]}
 */
function runs(describe) {
  /** @type {{ low: number, high: number, value: T }[]} */
  const found = [];
  for (let port = 1; port <= MAX_PORT; port++) {
    const value = describe(port);
    const last = found.at(-1);
    if (value === undefined) continue;
    if (last !== undefined && last.high === port - 1 && last.value === value) last.high = port;
    else found.push({ low: port, high: port, value });
  }
  return found;
}

/** @param {Transport} transport */
function speaksOf(transport) {
  return (/** @type {{ transports: readonly Transport[] }} */ { transports }) =>
    transports.includes(transport);
}
