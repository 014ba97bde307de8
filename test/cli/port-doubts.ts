import '../support/alone';

import { join } from 'node:path';
import t from 'tap';
import { doubtsAbout } from '../../lib/cli/port-doubts';
import { ephemeralPortRanges } from '../../lib/machine/ephemeral-range';
import { availableGoodPorts } from '../../lib/registry/good-ports';
import { portFor } from '../support/command';

t.test('a good port raises no doubt', async (t) => {
  for (const port of [...availableGoodPorts()].slice(0, 50)) t.strictSame(doubtsAbout(port), []);
});

t.test('a system port, an ephemeral one and one of a service do', async (t) => {
  t.strictSame(doubtsAbout(80), [
    'is below 1024, where only root may listen on most systems',
    'is known as the port of http',
  ]);
  t.match(doubtsAbout(5432), ['is known as the port of postgresql']);
  const [range] = ephemeralPortRanges();
  if (range !== undefined) t.match(doubtsAbout(range.high), [/^is one that the kernel gives to any program/]);
});

t.test('the last port of each kind is one of it, and the next is none', async (t) => {
  const isSystem = (port: number) => doubtsAbout(port).some((doubt) => doubt.includes('below 1024'));
  t.strictSame([1, 1023, 1024].map(isSystem), [true, true, false]);
  const isEphemeral = (port: number) => doubtsAbout(port).some((doubt) => doubt.includes('kernel gives'));
  for (const { low, high } of ephemeralPortRanges()) {
    t.strictSame([low, high].map(isEphemeral), [true, true]);
    t.match(doubtsAbout(low), [`(${low}-${high})`]);
    t.equal(
      isEphemeral(low - 1),
      ephemeralPortRanges().some((other) => other.high === low - 1),
    );
  }
});

t.test('a port of a name that is in use on this machine is told, with its user', async (t) => {
  let warnings: string[] = [];
  let owners: unknown[] = [];
  let isFree = false;
  const { warnOfPort, warnOfUse } = t.mockRequire<typeof import('../../lib/cli/port-doubts')>(
    '../../lib/cli/port-doubts',
    {
      '../../lib/cli/warn': { warn: (text: string) => warnings.push(text) },
      '../../lib/scan/port-is-used': { isAvailable: async () => isFree },
      '../../lib/machine/port-owners': { findPortOwners: async () => owners },
    },
  );
  await warnOfUse('web', 7000);
  owners = [
    { pid: 17, command: 'node server.js' },
    { pid: 18, command: 'other' },
  ];
  await warnOfUse('web', 7000);
  isFree = true;
  await warnOfUse('web', 7000);
  t.strictSame(warnings, [
    'port 7000 of "web" is in use on this machine by whom the system does not show',
    'port 7000 of "web" is in use on this machine by "node server.js" (pid 17)',
  ]);
  warnings = [];
  const [good = 0] = availableGoodPorts();
  warnOfPort(good);
  t.strictSame(warnings, [], 'a good port is worth no word');
});

t.test('the command says so in one line, and does what it was told', async (t) => {
  const words = ['--config', join(t.testdir(), 'port-for.conf')];
  const told = /^port-for: port 443 is below 1024, where .*; it is known as the port of https\n$/;
  t.match(await portFor([...words, 'web', '--port', '443']), { code: 0, stdout: '443\n', stderr: told });
  t.match(await portFor([...words, '--rebind', 'web', '-p', '5432']), {
    code: 0,
    stdout: '5432\n',
    stderr: /postgresql/,
  });
  t.match(await portFor([...words, 'web']), { code: 0, stdout: '5432\n', stderr: '' });
  t.match(await portFor([...words, 'cache', '--prefer', '6379']), { code: 0, stderr: /6379 .*redis/ });
});
