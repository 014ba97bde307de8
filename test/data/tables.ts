import t from 'tap';
import { readFixture } from '../support/fixtures';

t.test('the tables', async (t) => {
  const { readIana, readUnofficial } = await import('../../data/readers/index.mjs');
  const { services, unassignedRanges } = await import('../../data/tables.mjs');
  const { records } = readIana(readFixture('registry/iana.csv'), 'iana.csv');
  const { uses } = readUnofficial(readFixture('registry/unofficial.csv'), 'unofficial.csv');
  const inText = (ranges: { low: number; high: number }[]) => ranges.map(({ low, high }) => `${low}-${high}`);

  t.test('judge what is unassigned by IANA for each transport', async (t) => {
    t.strictSame(inText(unassignedRanges('tcp', records, [])), [
      '2-2',
      '6-6',
      '8-8',
      '11-19',
      '24-29',
      '20000-20499',
    ]);
    t.strictSame(inText(unassignedRanges('udp', records, [])), [
      '2-2',
      '6-6',
      '8-8',
      '11-20',
      '24-29',
      '20000-20499',
    ]);
  });

  t.test('take from a transport only what is used over it', async (t) => {
    t.strictSame(inText(unassignedRanges('tcp', records, uses)), [
      '6-6',
      '8-8',
      '11-11',
      '15-19',
      '24-29',
      '20000-20050',
      '20052-20499',
    ]);
    t.strictSame(inText(unassignedRanges('udp', records, uses)), [
      '2-2',
      '6-6',
      '8-8',
      '11-11',
      '15-20',
      '24-29',
    ]);
  });

  t.test('count a claimed assignment that IANA does not know as a use', async (t) => {
    const transports = ['tcp'] as const;
    const claim = { low: 5, high: 6, transports, name: 'Claimed', source: 'x', claimsAssignment: true };
    t.notOk(inText(unassignedRanges('tcp', records, [claim])).includes('6-6'));
    t.match(
      services(records, [claim]).filter(({ low }) => low === 5 || low === 6),
      [
        { low: 5, name: 'delta', uses: [] },
        { low: 6, name: '', uses: ['Claimed'] },
      ],
    );
  });

  t.test('name services by range and transport, without aliases', async (t) => {
    const lines = services(records, uses).map(({ low, high, transports, name, uses }) =>
      [`${low}-${high}`, transports.join('+'), name, ...uses].join('|'),
    );
    t.strictSame(lines, [
      '1-1|tcp+udp|alpha',
      '2-2|tcp||Old omega',
      '3-3|tcp|al-pha',
      '5-5|tcp|delta',
      '12-14|tcp+udp||Games, of all kinds',
      '22-22|tcp|epsilon',
      "23-23|tcp|zeta|Zeta's cousin",
      "23-23|udp||Zeta's cousin",
      '30-30|tcp|eta',
      '6000-6000|tcp|window|A web server',
      '6000-6063|udp|window',
      '6001-6063|tcp|window',
      '7300-7359|tcp+udp|theta',
      '20000-20049|udp||Voice media',
      '20050-20050|udp||A chat|Voice media',
      '20051-20051|tcp||A database',
      '20051-30000|udp||Voice media',
    ]);
  });
});
