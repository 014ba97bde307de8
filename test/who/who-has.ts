import '../support/alone';

import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { usedSockets } from '../../lib/machine/used-sockets';
import { PortStore } from '../../lib/store/port-store';
import { whoHas, whoHasSync } from '../../lib/who/who-has';
import { listen, NO_IPV6, portOf, portOfNobody, reservePort } from '../support/listen';
import { NO_BOUND, NO_TABLE } from '../support/no-table';
import { until } from '../support/program';
import { hastyGreeter, hearOut } from '../support/sockets';

const NO_PROC: string | false = process.platform === 'linux' ? false : '/proc is of Linux';

t.test(
  'a listener is told with its process, where that comes from, and its clients',
  { skip: NO_PROC },
  async (t) => {
    const port = portOf(await listen(t, '127.0.0.1'));
    const client = connect(port, '127.0.0.1');
    t.teardown(() => client.destroy());
    await once(client, 'connect');
    const [use, ...others] = await whoHas(port);
    t.strictSame(others, []);
    t.match(use, { port, transport: 'tcp', names: [] });
    const listener = use?.sockets.find(({ listens }) => listens);
    t.match(listener, {
      address: '127.0.0.1',
      state: 'listen',
      exposure: 'this machine',
      takesIPv4: true,
      clients: 1,
      holder: 'processes',
      processes: [{ pid: process.pid, folder: process.cwd(), startedAt: Date }],
    });
    t.match(listener?.processes[0]?.parents[0], { pid: process.ppid });
    t.equal(listener?.processes[0]?.parents.at(-1)?.pid, 1);
    t.strictSame(whoHasSync(port), [use]);
  },
);

t.test(
  'what ended connections leave behind does not hold the port of a listener',
  { skip: NO_TABLE },
  async (t) => {
    // Not beside a lease, which is bound too.
    const port = portOf(await listen(t, '127.0.0.1', 0, hastyGreeter()));
    await hearOut(port, '127.0.0.1');
    t.ok(await until(() => usedSockets().some((one) => one.port === port && one.state === 'time-wait')));
    const states = whoHasSync(port, { transport: 'tcp' }).flatMap(({ sockets }) =>
      sockets.map(({ state }) => state),
    );
    t.strictSame(states, ['listen']);
  },
);

t.test('several ports and both transports take one look', { skip: NO_TABLE }, async (t) => {
  const tcp = portOf(await listen(t, '127.0.0.1', portOfNobody()));
  const socket = createSocket('udp4').bind(portOfNobody(), '127.0.0.1');
  t.teardown(() => socket.close());
  await once(socket, 'listening');
  const udp = socket.address().port;
  const both = await whoHas([tcp, udp]);
  t.strictSame(
    new Set(both.map(({ port, transport }) => `${port}/${transport}`)),
    new Set([`${tcp}/tcp`, `${udp}/udp`]),
  );
  t.match(both.find(({ transport }) => transport === 'udp')?.sockets, [
    { state: 'unconnected', listens: true },
  ]);
  t.strictSame(await whoHas(tcp, { transport: 'udp' }), []);
});

t.test('the lowest port comes first', { skip: NO_TABLE }, async (t) => {
  const ports: number[] = [];
  for (let count = 0; count < 4; count++) ports.push(portOf(await listen(t, '127.0.0.1')));
  const ascending = [...ports].sort((a, b) => a - b);
  t.strictSame(
    (await whoHas(ports)).map(({ port }) => port),
    ascending,
  );
  t.strictSame(
    whoHasSync(ports).map(({ port }) => port),
    ascending,
  );
});

t.test('a port that nobody has is left out', { skip: NO_TABLE }, async (t) => {
  const held = leaseSync();
  held.release();
  t.strictSame(await whoHas(held.port), []);
});

t.test('a lease is told for what it is', { skip: NO_BOUND }, async (t) => {
  t.match(whoHasSync(reservePort(t)), [
    { sockets: [{ state: 'bound', listens: false, holder: 'processes' }] },
  ]);
});

t.test('a connection and what lingers are told for what they are', { skip: NO_TABLE }, async (t) => {
  const port = portOf(await listen(t, '127.0.0.1'));
  const client = connect(port, '127.0.0.1');
  t.teardown(() => client.destroy());
  await once(client, 'connect');
  // What ended connections from the same port left behind may be there too.
  const ends = whoHasSync(client.localPort ?? 0).flatMap(({ sockets }) => sockets);
  t.match(
    ends.find(({ state }) => state === 'established'),
    { remote: { address: '127.0.0.1', port } },
  );

  const server = await listen(t, '127.0.0.1', undefined, hastyGreeter());
  const left = portOf(server);
  await hearOut(left, '127.0.0.1');
  server.close();
  await once(server, 'close');
  const lingers = () => whoHasSync(left)[0]?.sockets.find(({ state }) => state === 'time-wait');
  t.ok(await until(() => lingers() !== undefined));
  t.match(lingers(), { holder: 'nobody', processes: [] });
});

t.test('who can reach a socket is told by its address', { skip: NO_TABLE || NO_IPV6 }, async (t) => {
  const port = portOf(await listen(t, '0.0.0.0'));
  t.match(
    whoHasSync(port)[0]?.sockets.find(({ listens }) => listens),
    { exposure: 'everybody', takesIPv4: true },
  );
  const dual = portOf(await listen(t, '::'));
  t.match(
    whoHasSync(dual)[0]?.sockets.find(({ listens }) => listens),
    { exposure: 'everybody', takesIPv4: true },
  );
});

t.test(
  'a server of IPv6 alone takes no IPv4',
  { skip: NO_TABLE || NO_IPV6 || (process.platform !== 'linux' && 'the table tells it on Linux') },
  async (t) => {
    const server = createServer().listen({ port: 0, host: '::', ipv6Only: true });
    t.teardown(() => server.close());
    await once(server, 'listening');
    t.match(whoHasSync(portOf(server))[0]?.sockets, [{ address: '::', listens: true, takesIPv4: false }]);
    const one = portOf(await listen(t, '::1'));
    t.match(whoHasSync(one)[0]?.sockets, [{ address: '::1', takesIPv4: false }]);
  },
);

t.test('a process is told as the same object for all its sockets', { skip: NO_PROC }, async (t) => {
  const ports = [portOf(await listen(t, '127.0.0.1')), portOf(await listen(t, '127.0.0.1'))];
  const [first, second] = whoHasSync(ports).map(({ sockets }) =>
    sockets.find(({ listens }) => listens)?.processes.find(({ pid }) => pid === process.pid),
  );
  t.ok(first);
  t.equal(first, second);
});

t.test(
  'the names of a port are told, and a config file that cannot be read is passed over',
  { skip: NO_TABLE },
  async (t) => {
    const config = join(t.testdir({ broken: '[' }), 'port-for.conf');
    const port = portOf(await listen(t, '127.0.0.1'));
    new PortStore(config).bindPortSync('shop', port);
    t.match(whoHasSync(port, { config }), [{ names: [{ name: 'shop', config }] }]);
    t.match(whoHasSync(port, { config: join(config, '..', 'broken') }), [{ names: [] }]);
  },
);

t.test('children that inherited a socket are told beside their parent', { skip: NO_PROC }, async (t) => {
  const held = leaseSync({ transport: 'udp' });
  const child = spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', held.fd] });
  t.teardown(async () => {
    held.release();
    child.kill();
    await once(child, 'exit');
  });
  await once(child, 'spawn');
  const processes = whoHasSync(held.port)[0]?.sockets[0]?.processes ?? [];
  t.strictSame(new Set(processes.map(({ pid }) => pid)), new Set([process.pid, child.pid]));
  t.match(
    processes.find(({ pid }) => pid === child.pid),
    { name: 'sleep', parents: [{ pid: process.pid }] },
  );
});

t.test('invalid arguments are refused by name', async (t) => {
  await t.rejects(whoHas([]), { code: 'ERR_PORT_INVALID_VALUE', message: /^ports must not be empty/ });
  await t.rejects(whoHas(70_000), { message: /ports 70000 is out of range/ });
  await t.rejects(whoHas(80, { transport: 'sctp' as never }), { message: /"sctp"/ });
});
