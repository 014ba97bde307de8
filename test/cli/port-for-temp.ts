import '../support/alone';

import { join } from 'node:path';
import t, { type Test } from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { allocateSync } from '../../lib/pick/pick';
import { availableGoodPorts } from '../../lib/registry/good-ports';
import { PortStore } from '../../lib/store/port-store';
import { portFor } from '../support/command';

const configOf = (t: Test) => ['--config', join(t.testdir(), 'port-for.conf')];

t.test('temporary ports are good ports, one a line, and written nowhere', async (t) => {
  const words = configOf(t);
  const [one, three, json] = await Promise.all([
    portFor([...words, '--temp']),
    portFor([...words, '--temp', '3']),
    portFor([...words, '--temp', '2', '--json']),
  ]);
  t.match(one, { code: 0, stderr: '', stdout: /^\d+\n$/ });
  t.match(three, { code: 0, stderr: '', stdout: /^(\d+\n){3}$/ });
  t.match(json, { code: 0, stderr: '', stdout: /^\[\d+,\d+\]\n$/ });
  const good = availableGoodPorts();
  const ports = [one.stdout, three.stdout, JSON.parse(json.stdout).join('\n')].join('\n').match(/\d+/g) ?? [];
  t.equal(ports.length, 6);
  for (const port of ports) t.ok(good.has(Number(port)), port);
  t.equal(new PortStore(words[1]).boundPortsSync().size, 0);
});

t.test('with --ports, the first free ones of these', async (t) => {
  const words = configOf(t);
  const [taken = 0, first = 0, second = 0] = allocateSync(3);
  const held = leaseSync({ ports: taken });
  t.teardown(() => held.release());
  const ports = ['--ports', `${taken},${first},${second}`];
  t.match(await portFor([...words, '--temp', ...ports]), { code: 0, stdout: `${first}\n` });
  const run = [
    '--temp',
    '2',
    ...ports,
    '--run',
    '--',
    process.execPath,
    '-p',
    'process.env.PORT_1 + process.env.PORT_2',
  ];
  t.match(await portFor([...words, ...run]), { code: 0, stdout: `${first}${second}\n` });
});

t.test('with --ports, in the order in which it lists them, and none that has a name', async (t) => {
  const words = configOf(t);
  const listed = allocateSync(6).sort((a, b) => b - a);
  const [named = 0, ...others] = listed;
  new PortStore(words[1]).bindPortSync('web', named);
  const { stdout } = await portFor([...words, '--temp', '5', '--ports', listed.join()]);
  t.equal(stdout, `${others.join('\n')}\n`);
});

t.test('the ports of names are no temporary ones', async (t) => {
  const words = configOf(t);
  const store = new PortStore(words[1]);
  const size = availableGoodPorts().size;
  const port = store.bindPortSync('web');
  const { code, stderr } = await portFor([...words, '--temp', `${size}`]);
  t.equal(code, 1);
  t.match(stderr, `among the ${size - 1} candidate`);
  t.equal(availableGoodPorts().has(port), true, 'the one that is missing');
});

t.test('a command gets temporary ports by their place', async (t) => {
  const words = configOf(t);
  const program = 'console.log(JSON.stringify([process.env, process.argv.slice(1)]))';
  for (const call of [
    ['--temp', '2', '--run'],
    ['--run', '--temp', '2'],
  ]) {
    const { code, stdout } = await portFor([
      ...words,
      ...call,
      '--',
      process.execPath,
      '-e',
      program,
      '{1}-{2}',
      '{3}',
    ]);
    t.equal(code, 0);
    const [environment, args] = JSON.parse(stdout);
    const { PORT, PORT_1, PORT_2, PORT_3 } = environment;
    t.match({ PORT_1, PORT_2, PORT_3 }, { PORT_1: PORT, PORT_2: /^\d+$/, PORT_3: undefined });
    t.not(PORT_2, PORT_1);
    t.strictSame(args, [`${PORT_1}-${PORT_2}`, '{3}']);
  }
  t.equal(new PortStore(words[1]).boundPortsSync().size, 0);
});

t.test('an invalid count is refused', async (t) => {
  const words = configOf(t);
  for (const [call, message] of [
    [['--temp', '0'], /count 0/],
    [['--temp', '70000'], /count 70000/],
    [['--temp', 'many'], /count "many"/],
    [['--temp', '1.5'], /count "1.5"/],
    [['--temp', '1', '2'], /unexpected 2/],
    [['--temp', '--port', '5000'], /--port/],
    [['--temp', '--list'], /--list/],
  ] as const) {
    t.match(await portFor([...words, ...call]), { code: 2, stdout: '', stderr: message });
  }
});
