import '../support/alone';

import { once } from 'node:events';
import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { addon } from '../../lib/addon/addon';
import { PortInUseError } from '../../lib/lease/errors';
import { leaseSync } from '../../lib/lease/lease';
import { portOwners } from '../../lib/machine/port-owners';
import { PortStore } from '../../lib/store/port-store';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { close, listen } from '../support/listen';
import { NO_BOUND } from '../support/no-table';
import { ASSUME_NOBODY, noNobody, systemPortsAreFree } from '../support/privilege';
import { hear, startProcess, until } from '../support/program';
import { ask, bind, canBePlainlyBound, greeter, hastyGreeter, hearOut } from '../support/sockets';

const LINUX_ONLY: string | false =
  process.platform === 'linux' ? false : 'only Linux shows who has a port, and in which state';

const newStore = (t: Test) => new PortStore(join(t.testdir(), 'port-for.conf'));

/** Takes the port of a name in both ways, one after the other. */
const takesOf = (store: PortStore, name: string) => [
  () => store.lease(name),
  async () => store.leaseSync(name),
];

t.test('a new name gets a port, held and written down', async (t) => {
  const store = newStore(t);
  for (const [name, held] of [
    ['one', await store.lease('One')],
    ['two', store.leaseSync('two')],
  ] as const) {
    t.equal(store.boundPortsSync().get(name), held.port);
    t.equal(canBePlainlyBound(held.port), false);
    held.release();
    t.equal(canBePlainlyBound(held.port), true);
  }
});

t.test('a name that has a port gets that one', async (t) => {
  const store = newStore(t);
  const port = store.bindPortSync('web');
  for (const take of takesOf(store, 'web')) {
    const held = await take();
    t.match(held, { port, released: false });
    held.release();
  }
});

t.test('a port can be wished for, and held for both transports or at one address', async (t) => {
  const store = newStore(t);
  const held = leaseSync({ transport: 'both' });
  const { port } = held;
  const other = leaseSync();
  other.release();
  await t.rejects(store.lease('dns', { port, transport: 'udp' }), PortInUseError);
  const web = await store.lease('web', { port: other.port, transport: 'both', host: '127.0.0.1' });
  t.match(web, { port: other.port, transport: 'both', host: '127.0.0.1' });
  web.release();
  await t.rejects(store.lease('web', { port }), { code: 'ERR_PORT_CONFLICT' });
  held.release();
  const named = await store.lease('by-name', { host: 'localhost' });
  t.equal(store.boundPortsSync().get('by-name'), named.port);
  named.release();
});

t.test('who uses the port is told: another process', { skip: LINUX_ONLY }, async (t) => {
  const store = newStore(t);
  const port = store.bindPortSync('web');
  const child = startProcess(`require('node:net').createServer().listen(${port}, () => tell('listening'));`);
  t.teardown(async () => {
    child.kill();
    await once(child, 'exit');
  });
  await hear(child);
  for (const take of takesOf(store, 'WEB')) {
    await t.rejects(take(), {
      name: 'PortInUseError',
      code: 'ERR_PORT_IN_USE',
      port,
      portName: 'web',
      owner: { pid: child.pid, command: /createServer/ },
      message: new RegExp(`^port ${port} of "web" is in use by ".*" \\(pid ${child.pid}\\): `),
    });
  }
});

t.test('who uses the port is told: this process', { skip: LINUX_ONLY || NO_BOUND }, async (t) => {
  const store = newStore(t);
  const held = store.leaseSync('web');
  await t.rejects(store.lease('web'), { owner: { pid: process.pid }, message: /, this process\)/ });
  held.release();
  const server = await listen(t, undefined, held.port, greeter());
  t.throws(() => store.leaseSync('web'), { code: 'ERR_PORT_IN_USE', owner: { pid: process.pid } });
  await close(server);
});

t.test('who uses the port is told: by datagrams', { skip: LINUX_ONLY }, async (t) => {
  const store = newStore(t);
  const held = store.leaseSync('dns', { transport: 'both' });
  held.release();
  const socket = await bind({ type: 'udp4' }, held.port);
  for (const transport of ['udp', 'both'] as const) {
    t.throws(() => store.leaseSync('dns', { transport }), {
      code: 'ERR_PORT_IN_USE',
      owner: { pid: process.pid },
    });
  }
  store.leaseSync('dns').release();
  socket.close();
});

t.test(
  'a port that takes root is not called used',
  { skip: systemPortsAreFree() || noNobody() },
  async (t) => {
    const store = newStore(t);
    store.bindPortSync('web', 1);
    const program = `new (require('${distPath('index.js')}').PortStore)('${store.path}').leaseSync('web')`;
    const { code, stderr } = await run('sh', ['-c', `${ASSUME_NOBODY} ${process.execPath} -e "${program}"`]);
    t.equal(code, 1);
    t.match(stderr, /PortSystemError: EACCES: port 1 of "web"/);
  },
);

/** The port of `web`, which only a connection of a server that has closed is still on (TIME_WAIT). */
async function leaveLingering(t: Test, store: PortStore): Promise<number> {
  const port = store.bindPortSync('web');
  const server = await listen(t, undefined, port, hastyGreeter());
  t.equal(await hearOut(port, '127.0.0.1'), 'hello');
  await close(server);
  t.ok(await until(() => !isListed(port)));
  return port;
}

t.test(
  'connections that a closed server left behind are no bar',
  { skip: LINUX_ONLY || NO_BOUND },
  async (t) => {
    const store = newStore(t);
    const port = await leaveLingering(t, store);
    t.equal(canBePlainlyBound(port), false, 'TIME_WAIT');

    for (const take of takesOf(store, 'web')) {
      const held = await take();
      t.equal(canBePlainlyBound(port), false);
      await t.rejects(store.lease('web'), { code: 'ERR_PORT_IN_USE', owner: { pid: process.pid } });
      const again = await listen(t, undefined, port, greeter());
      t.equal(await ask(port, '127.0.0.1'), 'hello');
      await close(again);
      held.release();
    }

    const exclusive = store.leaseSync('web', { exclusive: true });
    await t.rejects(listen(t, undefined, port, greeter()), { code: 'EADDRINUSE' });
    exclusive.release();
  },
);

t.test(
  'a port that another process takes at the same time is let go',
  { skip: LINUX_ONLY || NO_BOUND },
  async (t) => {
    const store = newStore(t);
    const port = await leaveLingering(t, store);
    const { tableSockets } = addon;
    let calls = 0;
    // Each second look at the table is the one after our bind.
    const withRival = t.intercept(addon, 'tableSockets', {
      value: (...words: Parameters<typeof tableSockets>) => {
        const sockets = tableSockets(...words) ?? [];
        const rival = sockets.find((socket) => socket.port === port);
        calls++;
        return rival !== undefined && calls % 2 === 0
          ? [...sockets, { ...rival, hasProcess: true }]
          : sockets;
      },
    });
    t.throws(() => store.leaseSync('web'), PortInUseError);
    withRival.restore();
    t.ok(calls >= 2);
    t.equal(isListed(port), false);
  },
);

t.test('connections that are open still are a bar', { skip: LINUX_ONLY }, async (t) => {
  const store = newStore(t);
  const port = store.bindPortSync('web');
  const server = await listen(t, undefined, port, greeter());
  const { connect } = await import('node:net');
  const client = connect(port, '127.0.0.1');
  await once(client, 'data');
  server.close();
  await t.rejects(store.lease('web'), { code: 'ERR_PORT_IN_USE', owner: { pid: process.pid } });
  client.destroy();
  await once(server, 'close');
});

t.test('of many that want such a port at the same time, no two hold it', { skip: LINUX_ONLY }, async (t) => {
  const store = newStore(t);
  const port = store.bindPortSync('web');
  const server = await listen(t, undefined, port, hastyGreeter());
  await hearOut(port, '127.0.0.1');
  await close(server);
  const children = Array.from({ length: 6 }, () =>
    startProcess(`
      const store = new portFor.PortStore(${JSON.stringify(store.path)});
      process.on('message', (moment) => {
        while (Date.now() < moment);
        try { globalThis.held = store.leaseSync('web'); tell('held'); }
        catch (error) { tell(error.code); }
      });
      tell('ready');`),
  );
  t.teardown(() => {
    for (const child of children) child.kill();
  });
  await Promise.all(children.map((child) => hear(child)));
  const moment = Date.now() + 50;
  const answers = children.map((child) => hear<string>(child));
  for (const child of children) child.send(moment);
  const told = await Promise.all(answers);
  t.equal(told.filter((answer) => answer === 'held').length <= 1, true, told.join());
  t.strictSame(
    told.filter((answer) => answer !== 'held' && answer !== 'ERR_PORT_IN_USE'),
    [],
  );
});

t.test('what is off is refused before anything is written', async (t) => {
  const store = newStore(t);
  await t.rejects(store.lease('a=b'), { name: 'RangeError' });
  await t.rejects(store.lease('web', { port: 0 }), { name: 'RangeError' });
  await t.rejects(store.lease('web', { transport: 'sctp' as never }), { name: 'RangeError' });
  await t.rejects(store.lease('web', { host: '192.0.2.1' }), { code: 'ERR_PORT_HOST' });
  await t.rejects(store.lease('web', 8080 as never), { name: 'TypeError' });
  await t.rejects(store.lease('web', { host: 'no-such-host.invalid' }), { code: 'ERR_PORT_HOST' });
  t.throws(() => store.leaseSync('web', { host: 'some-name' }), { code: 'ERR_PORT_HOST' });
  t.equal(store.boundPortsSync().size, 0);
});

t.test('a wish for a port that cannot be held leaves no association', async (t) => {
  const store = newStore(t);
  const other = leaseSync();
  t.teardown(() => other.release());
  const { port } = other;
  const asks = [() => store.lease('web', { port }), async () => store.leaseSync('web', { port })];
  for (const ask of asks) await t.rejects(ask(), PortInUseError);
  t.equal(store.boundPortsSync().size, 0);
  other.release();
  const held = store.leaseSync('web', { port });
  t.teardown(() => held.release());
  t.equal(store.boundPortsSync().get('web'), port);
});

t.test('a port is held no longer where its association cannot be written', async (t) => {
  const folder = t.testdir();
  const store = new PortStore(join(folder, 'port-for.conf'));
  const inTheWay = join(folder, '.port-for.conf.new');
  const other = leaseSync();
  other.release();
  const { port } = other;
  mkdirSync(inTheWay);
  const takes = [() => store.lease('web', { port }), async () => store.leaseSync('web', { port })];
  for (const take of takes) {
    await t.rejects(take(), { code: 'ERR_PORT_CONFIG_ACCESS' });
    t.equal(canBePlainlyBound(port), true);
  }
  rmdirSync(inTheWay);
  t.equal(store.boundPortsSync().size, 0);
});

/** Whether a process has a socket at the port. */
function isListed(port: number): boolean {
  return portOwners(port, 'tcp').length > 0;
}
