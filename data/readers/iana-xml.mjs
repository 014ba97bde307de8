// @ts-check
import { DomUtils, parseDocument } from 'htmlparser2';
import { newestDate, toIanaRecords } from '../records.mjs';
import { textOf } from './dom.mjs';

/** @typedef {import('./dom.mjs').Element} Element */

/** @param {string} text */
export function isIanaXml(text) {
  return /<registry\b[^>]*\bid="service-names-port-numbers"/.test(text.slice(0, 4000));
}

/**
 * Reads the XML that IANA publishes as service-names-port-numbers.xml: flat `<record>`s, of whose fields any may be
 * missing or empty.
 * @param {string} text
 * @returns {import('../records.mjs').IanaRegistry}
 */
export function readIanaXml(text) {
  const elements = DomUtils.getElementsByTagName('record', parseDocument(text, { xmlMode: true }));
  const records = elements.flatMap((record) =>
    toIanaRecords({
      name: field(record, 'name'),
      number: field(record, 'number'),
      protocol: field(record, 'protocol').toLowerCase(),
      description: field(record, 'description'),
      registered: record.attribs.date ?? '',
      modified: record.attribs.updated ?? '',
      note: field(record, 'note'),
      unauthorized: field(record, 'unauthorized'),
    }),
  );
  const dates = elements.flatMap((record) => [record.attribs.date, record.attribs.updated]);
  return { records, asOf: newestDate(dates) };
}

/**
 * @param {Element} record
 * @param {string} name
 */
function field(record, name) {
  const element = DomUtils.getElementsByTagName(name, record.children, false)[0];
  return element === undefined ? '' : textOf(element);
}
