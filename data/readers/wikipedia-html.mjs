// @ts-check
import { DomUtils, parseDocument } from 'htmlparser2';
import { parsePortNumbers } from '../port-numbers.mjs';
import { TRANSPORTS, WIKIPEDIA_LIST } from '../records.mjs';
import { visibleTextOf } from './dom.mjs';
import { tableGrid } from './html-table.mjs';

/**
 * @typedef {import('./dom.mjs').Element} Element
 * @typedef {import('../records.mjs').PortUse} PortUse
 * @typedef {import('../records.mjs').Transport} Transport
 */

/** What a cell of a transport's column says of the described use. @typedef {'unofficial' | 'assigned' | 'no' | 'unknown'} Status */

/** @param {string} text */
export function isWikipediaHtml(text) {
  return /<html[\s>]/i.test(text.slice(0, 2000)) && /<table[^>]*\bwikitable\b/i.test(text);
}

/**
 * Reads Wikipedia's page "List of TCP and UDP port numbers": tables with the columns Port, TCP, UDP and Description
 * (and SCTP and DCCP, passed over), whose transport cells say `Yes`, `Unofficial`, `Assigned`, `No`, `Reserved` or
 * `?`. Cells that say the same are merged in both directions.
 * @param {string} text
 * @returns {import('../records.mjs').UnofficialList}
 */
export function readWikipediaHtml(text) {
  const tables = DomUtils.getElementsByTagName('table', parseDocument(text)).filter((table) =>
    (table.attribs.class ?? '').split(/\s+/).includes('wikitable'),
  );
  const lists = tables.map(readTable).filter((list) => list !== undefined);
  if (lists.length === 0) {
    throw new Error(
      'the page has no table with the columns Port, TCP, UDP and Description: has its form changed?',
    );
  }
  return { uses: lists.flatMap(({ uses }) => uses), skipped: lists.flatMap(({ skipped }) => skipped) };
}

/**
 * @param {Element} table
 * @returns {import('../records.mjs').UnofficialList | undefined} undefined for a table of something else, a legend say
 */
function readTable(table) {
  const grid = tableGrid(table);
  const columns = findColumns(grid[0] ?? []);
  if (columns === undefined) return undefined;
  const bodyRows = grid.filter((cells) => cells[columns.tcp]?.name === 'td');
  /** @type {import('../records.mjs').UnofficialList} */
  const list = { uses: [], skipped: [] };
  for (const cells of bodyRows) {
    const text = (/** @type {number} */ column) => {
      const cell = cells[column];
      return cell === undefined ? '' : visibleTextOf(cell);
    };
    const ports = parsePortNumbers(text(columns.port));
    if (ports === undefined) {
      list.skipped.push(`${text(columns.port)}: ${text(columns.description)}`);
      continue;
    }
    const name = shortName(text(columns.description));
    const statuses = { tcp: toStatus(text(columns.tcp)), udp: toStatus(text(columns.udp)) };
    for (const range of ports) list.uses.push(...toUses(range, name, statuses));
  }
  return list;
}

/** @param {Element[]} header */
function findColumns(header) {
  const titles = header.map((cell) => visibleTextOf(cell).toLowerCase());
  const [port, tcp, udp, description] = ['port', 'tcp', 'udp', 'description'].map((title) =>
    titles.indexOf(title),
  );
  if (port === undefined || tcp === undefined || udp === undefined || description === undefined)
    return undefined;
  return Math.min(port, tcp, udp, description) < 0 ? undefined : { port, tcp, udp, description };
}

/**
 * @param {import('../port-numbers.mjs').PortRange} range
 * @param {string} name
 * @param {Record<Transport, Status>} statuses
 * @returns {PortUse[]}
 */
function toUses(range, name, statuses) {
  const transportsThatAre = (/** @type {Status} */ status) =>
    TRANSPORTS.filter((transport) => statuses[transport] === status);
  const unofficial = transportsThatAre('unofficial');
  const assigned = transportsThatAre('assigned');
  // A use of which only the port is known may be on any transport that the row does not rule out.
  if (unofficial.length + assigned.length === 0) unofficial.push(...transportsThatAre('unknown'));
  return [
    { ...range, transports: unofficial, name, source: WIKIPEDIA_LIST, claimsAssignment: false },
    { ...range, transports: assigned, name, source: WIKIPEDIA_LIST, claimsAssignment: true },
  ].filter(({ transports }) => transports.length > 0);
}

/**
 * @param {string} text
 * @returns {Status}
 */
function toStatus(text) {
  if (/^unofficial\b/i.test(text)) return 'unofficial';
  if (/^(yes|assigned)\b/i.test(text)) return 'assigned';
  return text === '?' ? 'unknown' : 'no';
}

/**
 * The beginning of a description, short enough for a line of output.
 * @param {string} description
 */
function shortName(description) {
  if (description.length <= 60) return description;
  return `${description.slice(0, 60).replace(/[\s,;:(]+\S*$/, '')}...`;
}
