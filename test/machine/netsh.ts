import t from 'tap';
import { parseNetsh, readNetsh } from '../../lib/machine/netsh';

// What netsh prints for two of the eight questions of data/netsh-ports.txt.
const ENGLISH = `
Protocol tcp Dynamic Port Range
---------------------------------
Start Port      : 49152
Number of Ports : 16384


Protocol tcp Port Exclusion Ranges

Start Port    End Port
----------    --------
      1080        1179
      5357        5357
     50000       50059     *

* - Administered port exclusions.

`;

t.test('dynamic, administered and excluded ranges are told apart', (t) => {
  t.strictSame(parseNetsh(ENGLISH.replaceAll('\n', '\r\n')), {
    dynamicRanges: [{ low: 49152, high: 65535 }],
    administeredRanges: [{ low: 50000, high: 50059 }],
    excludedRanges: [
      { low: 1080, high: 1179 },
      { low: 5357, high: 5357 },
    ],
  });
  t.end();
});

t.test('the language does not matter', (t) => {
  const german = `Dynamischer Portbereich für Protokoll tcp\r\n---\r\nStartport       : 1024\r\nAnzahl von Ports : 13977\r\n
Portausschlussbereiche für das Protokoll "tcp"\r\n\r\nStartport   Endport\r\n---------   -------\r\n      8000        8099  \r\n`;
  t.strictSame(parseNetsh(german), {
    dynamicRanges: [{ low: 1024, high: 15000 }],
    administeredRanges: [],
    excludedRanges: [{ low: 8000, high: 8099 }],
  });
  t.end();
});

t.test('the answers of both families and transports are joined', (t) => {
  const shorter = ENGLISH.replace('49152', '40000').replace('16384', '1000').replace('1179', '1100');
  t.strictSame(parseNetsh(ENGLISH + shorter), {
    dynamicRanges: [
      { low: 40000, high: 40999 },
      { low: 49152, high: 65535 },
    ],
    administeredRanges: [{ low: 50000, high: 50059 }],
    excludedRanges: [
      { low: 1080, high: 1179 },
      { low: 5357, high: 5357 },
    ],
  });
  t.end();
});

t.test('what is no range of ports is not taken for one', (t) => {
  const nothing = { dynamicRanges: [], administeredRanges: [], excludedRanges: [] };
  for (const text of [
    '',
    'The following command was not found: int ipv4 show dynamicport tcp.\r\n',
    'Start Port : 0\r\nNumber of Ports : 5\r\n',
    '   70000   70001\r\n',
    '   2000   1999\r\n',
  ]) {
    t.strictSame(parseNetsh(text), nothing, text);
  }
  t.strictSame(parseNetsh('Start Port : 65000\r\nNumber of Ports : 9999\r\n').dynamicRanges, [
    { low: 65000, high: 65535 },
  ]);
  t.end();
});

t.test(
  'without netsh nothing is known',
  { skip: process.platform === 'win32' && 'Windows has netsh' },
  (t) => {
    t.equal(readNetsh(), undefined);
    t.end();
  },
);
