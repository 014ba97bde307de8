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
});
