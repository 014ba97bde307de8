// @ts-check
import { findPortNumbers, parsePortNumbers } from './port-numbers.mjs';

/** @typedef {import('./port-numbers.mjs').PortRange} PortRange */

/** @typedef {'tcp' | 'udp'} Transport */

/** @type {readonly Transport[]} */
export const TRANSPORTS = ['tcp', 'udp'];

/** The source of every unofficial use that names no page of its own. */
export const WIKIPEDIA_LIST = 'https://en.wikipedia.org/wiki/List_of_TCP_and_UDP_port_numbers';

/** The source of what IANA itself notes as used without an assignment. */
export const IANA_REGISTRY = 'https://www.iana.org/assignments/service-names-port-numbers';

/**
 * What IANA says of some ports of some transports.
 * @typedef {object} IanaRecord
 * @property {number} low
 * @property {number} high
 * @property {readonly Transport[]} transports
 * @property {boolean} isUnassigned
 * @property {string} name the service name; empty where there is none (`Reserved`, `De-registered`, `Unassigned`)
 * @property {boolean} isAlias whether the name is another spelling of a service that is listed beside it
 * @property {string} description IANA's own words on one line
 * @property {string} registered when IANA assigned it, `YYYY-MM-DD` or `YYYY-MM`; empty where IANA does not say
 * @property {string} modified when IANA last changed the row, in the same form
 * @property {PortRange[]} unofficialUse ports that IANA itself notes as used though it assigned them to nobody
 */

/**
 * A registry with the newest date in it, as `YYYY-MM-DD`.
 * @typedef {{ records: IanaRecord[], asOf: string }} IanaRegistry
 */

/**
 * A use of ports that IANA has not assigned.
 * @typedef {object} PortUse
 * @property {number} low
 * @property {number} high
 * @property {readonly Transport[]} transports
 * @property {string} name
 * @property {string} source the address of the page that says so
 * @property {boolean} claimsAssignment whether the list says that IANA assigned the ports so
 */

/**
 * The uses of a list, and what in it could not be read.
 * @typedef {{ uses: PortUse[], skipped: string[] }} UnofficialList
 */

/**
 * One row of IANA's registry as its published forms word it; what a form leaves out is empty.
 * @typedef {object} IanaRow
 * @property {string} name
 * @property {string} number
 * @property {string} protocol
 * @property {string} description
 * @property {string} registered
 * @property {string} modified
 * @property {string} note
 * @property {string} unauthorized
 */

/**
 * The records that a row makes: none for a name without a port (reached by DNS alone) or for another transport.
 * A row without a transport speaks of all of them.
 * @param {IanaRow} row
 * @returns {IanaRecord[]}
 */
export function toIanaRecords(row) {
  const transports = TRANSPORTS.filter((transport) => row.protocol === '' || row.protocol === transport);
  if (row.number === '' || transports.length === 0) return [];
  const ranges = parsePortNumbers(row.number);
  if (ranges === undefined)
    throw new Error(`IANA lists ${JSON.stringify(row.number)}, which is not a port number`);
  // "(unassigned) Possibly assigned" and "RemoteWare Unassigned" are none of them.
  const isUnassigned = row.name === '' && /^unassigned\b/i.test(row.description);
  return ranges.map(({ low, high }) => ({
    low,
    high,
    transports,
    isUnassigned,
    name: isUnassigned ? '' : row.name,
    isAlias: /\b(alias to|duplicate of)\b/.test(row.note),
    description: row.description.replace(/\s+/g, ' '),
    registered: row.registered,
    modified: row.modified,
    unofficialUse: isUnassigned ? noticedUse(row, { low, high }) : [],
  }));
}

/**
 * IANA notes such use in words, for a whole row or for some of its ports.
 * @param {IanaRow} row
 * @param {PortRange} range
 * @returns {PortRange[]}
 */
function noticedUse(row, range) {
  const noteTellsOfUse = /unoffic|unauthori/i.test(row.note);
  const words = noteTellsOfUse ? `${row.unauthorized} ${row.note}` : row.unauthorized;
  if (words === '') return [];
  const mentioned = findPortNumbers(words).filter(({ low, high }) => low >= range.low && high <= range.high);
  return mentioned.length > 0 ? mentioned : [range];
}

/**
 * The newest of some dates; IANA leaves some out and shortens others to `YYYY-MM`.
 * @param {Iterable<string | undefined>} dates
 * @returns {string}
 */
export function newestDate(dates) {
  let newest = '';
  for (const date of dates) {
    if (date !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(date) && date > newest) newest = date;
  }
  return newest;
}
