import t from 'tap';
import { readFixture } from '../support/fixtures';

t.test('the registry of IANA', async (t) => {
  const { readIana } = await import('../../data/readers/index.mjs');
  const { records, asOf } = readIana(readFixture('registry/iana.csv'), 'iana.csv');
  const recordsOf = (port: number) => records.filter(({ low, high }) => low <= port && port <= high);

  t.test('reads the same from CSV and from XML', async (t) => {
    t.strictSame(readIana(readFixture('registry/iana.xml'), 'iana.xml'), { records, asOf });
  });

  t.test('is as old as the newest date in it', async (t) => {
    t.equal(asOf, '2026-01-15');
  });

  t.test('knows ranges, and rows for all transports', async (t) => {
    t.strictSame(
      recordsOf(6031).map(({ low, high, transports, name }) => ({ low, high, transports, name })),
      [
        { low: 6000, high: 6063, transports: ['tcp'], name: 'window' },
        { low: 6000, high: 6063, transports: ['udp'], name: 'window' },
      ],
    );
    t.match(recordsOf(7359), [{ low: 7300, high: 7359, transports: ['tcp', 'udp'], name: 'theta' }]);
  });

  t.test('leaves out port 0, names without a port, and other transports', async (t) => {
    t.strictSame(
      records.filter(({ low }) => low < 1),
      [],
    );
    t.strictSame(
      records.filter(({ name }) => name === 'dns-only'),
      [],
    );
    t.strictSame(
      recordsOf(1).map(({ transports }) => transports),
      [['tcp'], ['udp']],
    );
    t.strictSame(
      recordsOf(23).map(({ name }) => name),
      ['zeta'],
    );
  });

  t.test('tells Unassigned from what only sounds like it', async (t) => {
    const isUnassigned = (port: number) => recordsOf(port).map((record) => record.isUnassigned);
    t.strictSame(isUnassigned(2), [true, true], 'Unassigned [was omega], Unassigned');
    t.strictSame(isUnassigned(20), [true, true], 'unassigned');
    t.strictSame(isUnassigned(4), [false], 'De-registered');
    t.strictSame(isUnassigned(21), [false], '(unassigned) Possibly assigned');
    t.strictSame(isUnassigned(22), [false], 'Epsilon Unassigned');
    t.strictSame(isUnassigned(49151), [false], 'Reserved');
  });

  t.test('marks a name that is an alias', async (t) => {
    t.strictSame(
      recordsOf(3).map(({ name, isAlias }) => ({ name, isAlias })),
      [
        { name: 'al_pha', isAlias: true },
        { name: 'al-pha', isAlias: false },
      ],
    );
  });

  t.test('notes unofficial use of ports that are assigned to nobody', async (t) => {
    const use = (port: number) => recordsOf(port).map(({ unofficialUse }) => unofficialUse);
    t.strictSame(
      use(6),
      [
        [
          { low: 7, high: 7 },
          { low: 9, high: 10 },
        ],
      ],
      'of some ports of a range',
    );
    t.strictSame(use(9000), [[{ low: 9000, high: 9005 }]], 'of a whole range where no port is named');
    t.strictSame(use(20), [[{ low: 20, high: 20 }], []], 'in a note, for one transport');
    t.strictSame(use(6003), [[], []], 'not where the port is assigned');
  });

  t.test('is refused in any other form', async (t) => {
    for (const text of ['', 'low,high\n1,2\n', '<html></html>', '<registry id="media-types"></registry>']) {
      t.throws(() => readIana(text, 'x.txt'), {
        message: /^x\.txt is neither the CSV nor the XML form of IANA/,
      });
    }
  });

  t.test('is refused when a port number in it is none', async (t) => {
    const csv = readFixture('registry/iana.csv').replace('7300-7359', '7300..7359');
    t.throws(() => readIana(csv, 'x.csv'), {
      message: 'IANA lists "7300..7359", which is not a port number',
    });
  });
});
