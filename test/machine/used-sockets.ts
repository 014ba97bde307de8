import '../support/alone';

import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import { addon } from '../../lib/addon/addon';
import { leaseSync } from '../../lib/lease/lease';
import { usedPorts } from '../../lib/machine/used-ports';
import { findUsedSockets, usedSockets } from '../../lib/machine/used-sockets';
import { listen, portOf } from '../support/listen';
import { NO_BOUND, NO_TABLE } from '../support/no-table';
import { until } from '../support/program';
import { hastyGreeter, hearOut } from '../support/sockets';

/** What owns the sockets of this process. */
const OWN = [{ pid: process.pid }];

t.test('a listener is told with its address and its process', { skip: NO_TABLE }, async (t) => {
  const port = portOf(await listen(t, '127.0.0.1'));
  const sockets = usedSockets({ state: 'listen' }).filter((socket) => socket.port === port);
  t.match(sockets, [{ port, transport: 'tcp', address: '127.0.0.1', listens: true }]);
  t.match(sockets, [{ owners: OWN }]);
  t.ok(usedPorts({ state: 'listen' }).has(port));
});

t.test('the promise-returning twin tells the same', { skip: NO_TABLE }, async (t) => {
  const port = portOf(await listen(t, '127.0.0.1'));
  const isOurs = (socket: { port: number }) => socket.port === port;
  const sockets = (await findUsedSockets({ state: 'listen' })).filter(isOurs);
  t.match(sockets, [{ listens: true }]);
  t.match(sockets, [{ owners: OWN }]);
  t.strictSame((await findUsedSockets()).filter(isOurs), usedSockets().filter(isOurs));
  await t.rejects(findUsedSockets({ state: 'open' as never }), { name: 'RangeError' });
});

t.test('each socket tells its state, and a listener its clients', { skip: NO_TABLE }, async (t) => {
  const server = await listen(t, '127.0.0.1');
  const port = portOf(server);
  const clients = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  t.teardown(() => {
    for (const client of clients) client.destroy();
  });
  await Promise.all(clients.map((client) => once(client, 'connect')));
  const sockets = usedSockets().filter((socket) => socket.port === port);
  const listeners = sockets.filter(({ listens }) => listens);
  t.match(listeners, [{ state: 'listen', clients: 2 }]);
  t.match(listeners, [{ owners: OWN }]);
  t.strictSame(
    new Set(sockets.map(({ remote }) => remote?.port)),
    new Set([undefined, ...clients.map(({ localPort }) => localPort)]),
  );
  t.match(
    usedSockets({ state: 'listen' }).filter((socket) => socket.port === port),
    [{ clients: 2 }],
    'a list of listeners alone counts them too',
  );
  const client = usedSockets().find((socket) => socket.port === clients[0]?.localPort);
  t.match(client, { state: 'established', clients: 0, owners: OWN, remote: { address: '127.0.0.1', port } });
  for (const client of clients) client.destroy();
  t.ok(await until(() => usedSockets().find((socket) => socket.port === port)?.clients === 0));
});

t.test('a socket that is no connection has no other end', { skip: NO_BOUND }, async (t) => {
  const held = leaseSync();
  const server = await listen(t, '127.0.0.1');
  const ports = [held.port, portOf(server)];
  const sockets = usedSockets().filter(({ port }) => ports.includes(port));
  t.strictSame(new Set(sockets.map(({ state }) => state)), new Set(['bound', 'listen']));
  t.notOk(sockets.some((socket) => 'remote' in socket || 'lingersFor' in socket));
  const told = (addon.tableSockets('tcp', 'all') ?? []).find(({ port }) => port === portOf(server));
  t.notOk(told !== undefined && ('lingersFor' in told || 'isV6Only' in told), 'nothing that it has not');
  held.release();
});

t.test('a port that lingers tells for how long at most', { skip: NO_TABLE }, async (t) => {
  const port = portOf(await listen(t, '127.0.0.1', undefined, hastyGreeter()));
  await hearOut(port, '127.0.0.1');
  const lingering = () =>
    usedSockets().find((socket) => socket.port === port && socket.state === 'time-wait');
  t.ok(await until(() => lingering() !== undefined));
  const { lingersFor = 0, owners, remote } = lingering() ?? {};
  t.ok(process.platform !== 'linux' || (lingersFor > 0 && lingersFor <= 60_000), `${lingersFor} ms`);
  t.strictSame(owners, []);
  t.equal(remote?.address, '127.0.0.1');
});

t.test('bad options are refused by name', async (t) => {
  t.throws(() => usedSockets({ transport: 'sctp' as never }), {
    code: 'ERR_PORT_INVALID_VALUE',
    message: /"sctp"/,
  });
  t.throws(() => usedSockets({ state: 'open' as never }), {
    code: 'ERR_PORT_INVALID_VALUE',
    message: /"open"/,
  });
});
