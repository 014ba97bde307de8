import '../support/alone';

import t from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { portFor } from '../support/command';
import { until } from '../support/program';
import { newConfig, node } from '../support/run-call';
import { ask, canBePlainlyBound } from '../support/sockets';
import { start } from '../support/watch';

const PRINT_ENVIRONMENT = 'console.log(JSON.stringify([process.env, process.argv.slice(1)]))';

t.test('the command gets the ports of the names, in its environment and arguments', async (t) => {
  const { store, words } = newConfig(t);
  const api = store.bindPortSync('api');
  const { code, stdout, stderr } = await portFor(
    [
      ...words,
      '--run',
      'My-App',
      'api',
      '--',
      ...node(PRINT_ENVIRONMENT),
      '--',
      '--port={my-app}',
      '{API}:{api}',
      '{x}',
    ],
    { KEPT: 'as it was', PORT: 'replaced' },
  );
  t.match({ code, stderr }, { code: 0, stderr: '' });
  const web = store.boundPortsSync().get('my-app');
  const [environment, args] = JSON.parse(stdout);
  t.match(environment, { PORT: `${web}`, MY_APP_PORT: `${web}`, API_PORT: `${api}`, KEPT: 'as it was' });
  t.strictSame(args, [`--port=${web}`, `${api}:${api}`, '{x}']);
});

t.test('options of the command are its own', async (t) => {
  const { words } = newConfig(t);
  const { stdout } = await portFor([...words, '--run', 'web', '--', 'echo', '--list', '--', '--help', '-h']);
  t.equal(stdout, '--list -- --help -h\n');
});

t.test('a name given twice is one, and a port can be wished for', async (t) => {
  const { store, words } = newConfig(t);
  const held = leaseSync();
  const { port } = held;
  const free = leaseSync();
  free.release();
  const run = await portFor([...words, '--run', 'web', 'WEB', '--port', `${free.port}`, '--', 'true']);
  t.equal(run.code, 0);
  t.equal(store.boundPortsSync().get('web'), free.port);
  t.match(await portFor([...words, '--run', 'web', '--port', `${port}`, '--', 'true']), {
    code: 1,
    stderr: /in use/,
  });
  t.equal(store.boundPortsSync().get('web'), free.port, 'a port that cannot be held changes nothing');
  held.release();
  t.match(await portFor([...words, '--run', 'web', '--port', `${port}`, '--', 'true']), {
    code: 0,
    stderr: '',
  });
  t.equal(store.boundPortsSync().get('web'), port, 'it is another from now on');
});

t.test(
  'the ports are held while the command runs, whose server can listen, and free afterwards',
  async (t) => {
    const { store, words } = newConfig(t);
    const server = `
    const server = require('node:net').createServer((socket) => socket.on('error', () => {}).write('hello'));
    process.stdin.once('data', () => server.listen(process.env.WEB_PORT, () => console.log('listening')));
    process.stdin.once('end', () => process.exit());
    console.log('ready');`;
    const child = start([...words, '--run', 'web', 'other', '--', ...node(server)]);
    await child.line('ready');
    const ports = store.boundPortsSync();
    for (const port of ports.values()) t.equal(canBePlainlyBound(port), false);
    t.equal(ports.size, 2);
    child.stdin.write('listen');
    await child.line('listening');
    t.equal(await ask(ports.get('web') ?? 0, '127.0.0.1'), 'hello');
    child.stdin.end();
    t.strictSame(await child.end, [0, null]);
    for (const port of ports.values()) t.ok(await until(() => canBePlainlyBound(port)));
  },
);

t.test('the command can be run again at once, though clients were connected when it ended', async (t) => {
  const { words } = newConfig(t);
  const server = `
    const net = require('node:net');
    const server = net.createServer((socket) => socket.on('error', () => {}).end()).listen(process.env.PORT, () => {
      net.connect(process.env.PORT).resume().on('close', () => process.exit(5));
    });`;
  for (const round of [1, 2]) {
    const { code, stderr } = await portFor([...words, '--run', 'web', '--', ...node(server)]);
    t.strictSame({ code, stderr }, { code: 5, stderr: '' }, `round ${round}`);
  }
});
