#!/usr/bin/env node
// @ts-check
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { evidence, evidenceText } from './evidence.mjs';
import { readIana, readUnofficial } from './readers/index.mjs';
import { TRANSPORTS } from './records.mjs';
import { readSource } from './source.mjs';
import { services, unassignedRanges } from './tables.mjs';

/**
 * @typedef {import('./port-numbers.mjs').PortRange} PortRange
 * @typedef {import('./tables.mjs').Service} Service
 */

const { values: options } = parseArgs({
  options: {
    iana: {
      type: 'string',
      default: 'https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.csv',
    },
    unofficial: {
      type: 'string',
      default: 'https://en.wikipedia.org/wiki/List_of_TCP_and_UDP_port_numbers',
    },
    additional: { type: 'string', default: join(import.meta.dirname, 'additional-uses.csv') },
    out: { type: 'string', default: import.meta.dirname },
  },
});

const [ianaText, unofficialText, additionalText] = await Promise.all([
  readSource(options.iana),
  readSource(options.unofficial),
  readSource(options.additional),
]);
const { records, asOf } = readIana(ianaText, options.iana);
const { uses: listed, skipped } = readUnofficial(unofficialText, options.unofficial);
const { uses: additional } = readUnofficial(additionalText, options.additional);
const uses = [...listed, ...additional];

const unassigned = TRANSPORTS.map((transport) => ({
  transport,
  ranges: unassignedRanges(transport, records, uses),
}));
const known = services(records, uses);

const tables = unassigned.map(
  ({ transport, ranges }) => `${JSON.stringify(transport)}:[\n${lines(ranges)}\n]`,
);
await writeFile(
  join(options.out, 'unassigned.json'),
  `{"asOf":${JSON.stringify(asOf)},\n${tables.join(',\n')}}\n`,
);
await writeFile(join(options.out, 'services.json'), `[\n${known.map(serviceLine).join(',\n')}\n]\n`);
await writeFile(join(options.out, 'evidence.json'), evidenceText(evidence(records, uses)));

for (const row of skipped) console.warn(`passed over, since its port is not a number: ${row}`);
for (const { transport, ranges } of unassigned) {
  const count = ranges.reduce((sum, { low, high }) => sum + high - low + 1, 0);
  console.log(`${transport}: ${count} unassigned ports in ${ranges.length} ranges`);
}
console.log(`${known.length} services; IANA as of ${asOf}`);

/**
 * One range a line, in one flat array, which is read faster than pairs are.
 * @param {PortRange[]} ranges
 */
function lines(ranges) {
  return ranges.map(({ low, high }) => `${low},${high}`).join(',\n');
}

/**
 * A service as `[low, high, transports, name, use...]`.
 * @param {Service} service
 */
function serviceLine({ low, high, transports, name, uses }) {
  return JSON.stringify([low, high, transports.join('+'), name, ...uses]);
}
