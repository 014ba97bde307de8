import '../support/alone';

import { spawn } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import { createServer } from 'node:net';
import t, { type Test } from 'tap';
import { listenUnix } from '../../lib/machine/unix-socket';
import { portFromServer } from '../../lib/serve/port-client';
import { PortServer } from '../../lib/serve/port-server';
import { occupied } from '../../lib/wait/wait';
import { portFor, run, withoutPreloads } from '../support/command';
import { distPath } from '../support/dist';
import { NO_PORTPICKER, PORTPICKER_PYTHON } from '../support/portpicker';

const skip = process.platform === 'linux' ? false : 'needs the abstract namespace of Linux';

let count = 0;
const newAddress = () => `@port-for-client-${process.pid}-${count++}`;

async function serve(t: Test, ports: string): Promise<{ address: string; server: PortServer }> {
  const address = newAddress();
  const server = new PortServer(ports);
  await server.listen(address);
  t.teardown(() => server.close());
  return { address, server };
}

t.test('a port comes from our own server, and goes back with its process', { skip }, async (t) => {
  const { address, server } = await serve(t, '24520-24521');
  const child = spawn(...withoutPreloads('sleep', ['60']), { stdio: 'ignore' });
  const ports = [await portFromServer({ address, pid: child.pid }), await portFromServer({ address })];
  t.strictSame(ports.sort(), [24_520, 24_521]);
  await t.rejects(portFromServer({ address }), {
    code: 'ERR_PORT_SERVER',
    message: /gives no port to process \d+: its pool is empty/,
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  t.match(await portFromServer({ address }), /^2452[01]$/);
  t.match(server.numbers(), { taken: 2, granted: 3, denied: 1 });
});

t.test('a server that is not there, is mute, or talks nonsense is an error', { skip }, async (t) => {
  await t.rejects(portFromServer({ address: newAddress() }), {
    code: 'ERR_PORT_SERVER',
    message: /cannot be reached \(ECONNREFUSED\).*PortServer/,
  });
  for (const [answer, message] of [
    ['', /does not answer within 0.2 s/],
    ['70000\n', /answered "70000/],
    ['0\n', /answered "0/],
    ['x'.repeat(99), /answered "xxx/],
  ] as const) {
    const address = newAddress();
    const server = createServer((socket) => socket.on('error', () => {}).write(answer));
    await new Promise<void>((resolve) => listenUnix(server, address, resolve));
    await t.rejects(portFromServer({ address, timeout: 200 }), { code: 'ERR_PORT_SERVER', message });
    await t.rejects(portFromServer({ address, signal: AbortSignal.abort(new Error('no')) }), {
      message: 'no',
    });
    server.close();
  }
  await t.rejects(portFromServer({ address: 'x'.repeat(200) }), RangeError);
  await t.rejects(portFromServer({ pid: 1 }), RangeError);
  // @ts-expect-error no such option
  await t.rejects(portFromServer({ adress: '@x' }), RangeError);
});

t.test('a signal ends a question, and nothing stays after an answer', { skip }, async (t) => {
  const mute = createServer((socket) => socket.on('error', () => {}));
  const address = newAddress();
  await new Promise<void>((resolve) => listenUnix(mute, address, resolve));
  t.teardown(() => mute.close());
  const stop = new AbortController();
  const asked = portFromServer({ address, timeout: 5000, signal: stop.signal });
  await once(mute, 'connection');
  stop.abort(new Error('no longer'));
  await t.rejects(asked, { message: 'no longer' });

  const { address: answering } = await serve(t, '24540-24541');
  const { signal } = new AbortController();
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  // Those of the connection itself end a moment after it.
  const before = timers();
  await portFromServer({ address: answering, timeout: 2 ** 31 - 1, signal });
  t.equal(getEventListeners(signal, 'abort').length, 0);
  t.ok(timers() <= before, 'no timer');
});

t.test('a port may come without a line feed, and late', { skip }, async (t) => {
  const server = createServer((socket) => socket.on('error', () => {}).end('24000'));
  const address = newAddress();
  await new Promise<void>((resolve) => listenUnix(server, address, resolve));
  t.teardown(() => server.close());
  for (const timeout of [2 ** 40, Number.POSITIVE_INFINITY])
    t.equal(await portFromServer({ address, timeout }), 24_000);
  const { PORTSERVER_ADDRESS } = process.env;
  t.teardown(() => {
    delete process.env.PORTSERVER_ADDRESS;
    Object.assign(process.env, PORTSERVER_ADDRESS === undefined ? {} : { PORTSERVER_ADDRESS });
  });
  process.env.PORTSERVER_ADDRESS = address;
  t.equal(await portFromServer(), 24_000);
  process.env.PORTSERVER_ADDRESS = newAddress();
  await t.rejects(portFromServer(), { code: 'ERR_PORT_SERVER', message: /ECONNREFUSED/ });
});

t.test('bad arguments are named', { skip }, async (t) => {
  for (const [options, message] of [
    [{ address: 5 }, /^address must be a string/],
    [{ pid: 2.5 }, /^pid 2.5/],
    [{ pid: 'x' }, /^pid "x"/],
    [{ timeout: -1 }, /^timeout -1/],
    [{ signal: 5 }, /^signal /],
  ] as const)
    await t.rejects(portFromServer(options as never), { message });
});

t.test('the command takes temporary ports from the server where it is told to', { skip }, async (t) => {
  const { address } = await serve(t, '24530-24533');
  const settings = { PORTSERVER_ADDRESS: address };
  const { stdout } = await portFor(['--temp', '2', '--from-server'], settings);
  t.match(stdout, /^2453\d\n2453\d\n$/);
  const words = [distPath('port-for.js'), '--temp', '--from-server', '--run', '--', 'printenv', 'PORT'];
  const held = await run(process.execPath, words, settings);
  t.match(held, { code: 0, stdout: /^2453\d\n$/ });
  t.notMatch(stdout, held.stdout);
  t.notMatch((await portFor(['--temp'], settings)).stdout, /^2453/, 'the variable alone does nothing');
  const others = await portFor(['--temp', '2', '--from-server'], settings);
  t.match(
    others,
    { code: 0, stdout: /^2453\d\n2453\d\n$/ },
    'a port of --run goes back when the command ends',
  );
  t.equal(new Set(`${stdout}${others.stdout}`.trim().split('\n')).size, 4);
  t.match(
    await portFor(['--temp', '--from-server'], settings),
    { code: 1, stderr: /its pool is empty/ },
    'others stay with who started the command',
  );
  t.match(await portFor(['--temp', '--from-server', '--ports', '1-9']), { code: 2 });
  t.match(await portFor(['--run', 'web', '--from-server', '--', 'true']), {
    code: 2,
    stderr: /goes with --temp/,
  });
  t.match(await portFor(['--temp', '--from-server'], { PORTSERVER_ADDRESS: newAddress() }), {
    code: 1,
    stderr: /^port-for: the portserver at @.* cannot be reached/,
  });
});

t.test("Python's portserver gives its ports to us", { skip: skip || NO_PORTPICKER }, async (t) => {
  const address = newAddress();
  const words = [
    '-m',
    'portserver',
    '--portserver_unix_socket_address',
    address,
    '--portserver_static_pool',
    '24540-24549',
  ];
  const python = spawn(...withoutPreloads(PORTPICKER_PYTHON, words), { stdio: 'ignore' });
  t.teardown(() => python.kill('SIGKILL'));
  await occupied(`unix:${address}`, { timeout: 20_000, process: python });
  const ports = await Promise.all(Array.from({ length: 5 }, () => portFromServer({ address })));
  t.equal(new Set(ports).size, 5);
  t.match(
    ports,
    ports.map(() => /^2454\d$/),
  );
  t.match(await portFor(['--temp', '--from-server'], { PORTSERVER_ADDRESS: address }), {
    stdout: /^2454\d\n$/,
  });
});
