import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { parseNetsh, readNetsh } from '../../lib/machine/netsh';
import { run } from '../support/command';
import { distPath } from '../support/dist';

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

/** A program that prints `netsh.txt` of its folder. */
const { PORT_FOR_NETSH = '' } = process.env;
const NO_NETSH =
  PORT_FOR_NETSH === '' ? 'no program stands in for netsh: npm run test:windows has one' : false;

t.test('good ports leave out what netsh names, and errors say so', { skip: NO_NETSH }, async (t) => {
  const held = leaseSync();
  t.teardown(() => held.release());
  const folder = t.testdir({
    System32: {
      'netsh.txt': `Start Port : 50000\nNumber of Ports : 10000\n
Start Port    End Port\n----------    --------\n  ${held.port}  ${held.port}\n  20000  20999     *\n`,
    },
  });
  copyFileSync(PORT_FOR_NETSH, join(folder, 'System32', 'netsh.exe'));
  const { SystemRoot } = process.env;
  process.env.SystemRoot = folder;
  t.teardown(() => Object.assign(process.env, { SystemRoot }));
  // Leases have looked at the ports of this system: the next look is due in a minute.
  const { kernelPorts } = t.mockRequire<typeof import('../../lib/machine/ephemeral-range')>(
    '../../lib/machine/ephemeral-range',
    {},
  );
  t.strictSame(kernelPorts(), {
    ephemeralRanges: [{ low: 50000, high: 59999 }],
    reservedRanges: [{ low: 20000, high: 20999 }],
    excludedRanges: [{ low: held.port, high: held.port }],
  });
  const program = `
    process.env.SystemRoot = process.argv[2];
    const { availableGoodPorts, explainPort, PortSet, selectRandomSync } = require(process.argv[1]);
    const left = availableGoodPorts().intersection(new PortSet('20000-20999,50000-59999,${held.port}'));
    let problem;
    try { selectRandomSync({ ports: ${held.port} }); } catch (error) { problem = error; }
    explainPort(${held.port}).then(({ verdict }) =>
      console.log(JSON.stringify([left.size, problem.code, problem.reserved, problem.message, verdict])));`;
  const { stdout } = await run(process.execPath, ['-e', program, distPath('index.js'), folder]);
  const reserved = /1 of them reserved by Windows/;
  t.match(JSON.parse(stdout), [0, 'ERR_PORT_NONE_FREE', 1, reserved, /Windows excludes it/]);
});

t.test(
  'without netsh nothing is known',
  { skip: process.platform === 'win32' && 'Windows has netsh' },
  (t) => {
    t.equal(readNetsh(), undefined);
    t.end();
  },
);
