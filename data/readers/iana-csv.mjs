// @ts-check
import { parse } from 'csv-parse/sync';
import { newestDate, toIanaRecords } from '../records.mjs';

/** @param {string} text */
export function isIanaCsv(text) {
  return text.startsWith('Service Name,Port Number,Transport Protocol,Description,');
}

/**
 * Reads the CSV that IANA publishes as service-names-port-numbers.csv. Quoted fields span lines in it.
 * @param {string} text
 * @returns {import('../records.mjs').IanaRegistry}
 */
export function readIanaCsv(text) {
  /** @type {Record<string, string>[]} */
  const rows = parse(text, { columns: true });
  const records = rows.flatMap((row) =>
    toIanaRecords({
      name: field(row, 'Service Name'),
      number: field(row, 'Port Number'),
      protocol: field(row, 'Transport Protocol').toLowerCase(),
      description: field(row, 'Description'),
      registered: field(row, 'Registration Date'),
      modified: field(row, 'Modification Date'),
      note: field(row, 'Assignment Notes'),
      unauthorized: field(row, 'Unauthorized Use Reported'),
    }),
  );
  const dates = rows.flatMap((row) => [row['Registration Date'], row['Modification Date']]);
  return { records, asOf: newestDate(dates) };
}

/**
 * @param {Record<string, string>} row
 * @param {string} column
 */
function field(row, column) {
  return (row[column] ?? '').trim();
}
