import t from 'tap';
import { readFixture } from '../support/fixtures';

t.test('an unofficial list in CSV', async (t) => {
  const { readUnofficial } = await import('../../data/readers/index.mjs');
  const { WIKIPEDIA_LIST: source } = await import('../../data/records.mjs');

  t.test('has a use for each row', async (t) => {
    const { uses, skipped } = readUnofficial(readFixture('registry/unofficial.csv'), 'unofficial.csv');
    t.equal(uses.length, 8);
    t.strictSame(uses.slice(1, 3), [
      {
        low: 12,
        high: 14,
        transports: ['tcp', 'udp'],
        name: 'Games, of all kinds',
        source,
        claimsAssignment: false,
      },
      { low: 23, high: 23, transports: ['udp'], name: "Zeta's cousin", source, claimsAssignment: false },
    ]);
    t.strictSame(skipped, []);
  });

  t.test('has a source of its own for each row where there is a column for it', async (t) => {
    const text = 'low,high,transport,service,source\n9229,9229,tcp,Node.js inspector,https://nodejs.org/\n';
    t.match(readUnofficial(text, 'x.csv').uses, [{ low: 9229, source: 'https://nodejs.org/' }]);
    t.throws(() => readUnofficial(`${text}1,1,tcp,a,\n`, 'x.csv'), {
      message: 'line 3 of the unofficial list is off: 1,1,tcp,a,',
    });
  });

  t.test('is refused with the invalid line', async (t) => {
    const rows = [
      '70000,70000,tcp,a',
      '9,8,tcp,a',
      'x,8,tcp,a',
      '8,8,sctp,a',
      '8,8,tcp+,a',
      '8,8,,a',
      '8,8,tcp,',
    ];
    for (const row of rows) {
      t.throws(() => readUnofficial(`low,high,transport,service\n1,1,tcp,fine\n${row}\n`, 'x.csv'), {
        message: `line 3 of the unofficial list is off: ${row}`,
      });
    }
  });

  t.test('is told from other content', async (t) => {
    t.throws(() => readUnofficial('port,service\n80,http\n', 'x.csv'), {
      message:
        /^x\.csv is neither a CSV with the columns low,high,transport,service\[,source\] nor Wikipedia/,
    });
  });
});
