import '../support/alone';

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { usedPorts } from '../../lib/machine/used-ports';
import { HOSTS, listen, portOf, portOfNobody } from '../support/listen';
import { NO_TABLE } from '../support/no-table';

t.test('a listener is there on whatever address, until it is closed', { skip: NO_TABLE }, async (t) => {
  for (const host of HOSTS) {
    const server = await listen(t, host);
    const port = portOf(server);
    t.ok(usedPorts().has(port), host);
    t.ok(usedPorts({ state: 'listen' }).has(port), host);
    server.close();
    await once(server, 'close');
    t.notOk(usedPorts({ state: 'listen' }).has(port), host);
  }
});

t.test('a client holds a port and waits for nobody', { skip: NO_TABLE }, async (t) => {
  const server = await listen(t, '127.0.0.1');
  const client = connect({ host: '127.0.0.1', port: portOf(server) });
  t.teardown(() => client.resetAndDestroy());
  server.on('connection', (socket) => socket.on('error', () => {}).resume());
  await once(client, 'connect');
  const { localPort = 0 } = client;
  t.ok(usedPorts().has(localPort));
  t.notOk(usedPorts({ state: 'listen' }).has(localPort));
});

t.test('the tables of TCP and UDP are apart', { skip: NO_TABLE }, async (t) => {
  const udp = leaseSync({ transport: 'udp', ports: portOfNobody() });
  t.teardown(() => udp.release());
  t.ok(usedPorts({ transport: 'udp' }).has(udp.port));
  t.ok(usedPorts({ transport: 'udp', state: 'listen' }).has(udp.port));
  t.notOk(usedPorts().has(udp.port));

  const connected = createSocket('udp4');
  t.teardown(() => connected.close());
  connected.connect(9, '127.0.0.1');
  await once(connected, 'connect');
  const { port } = connected.address();
  t.ok(usedPorts({ transport: 'udp' }).has(port));
  const skip = process.platform === 'win32' && 'the table of Windows does not tell connected sockets apart';
  t.notOk(usedPorts({ transport: 'udp', state: 'listen' }).has(port), 'a socket with one peer', { skip });
});

t.test('port 0 is never used', { skip: NO_TABLE }, async (t) => {
  for (const transport of ['tcp', 'udp'] as const) t.notOk(usedPorts({ transport }).has(0));
});

t.test('bad options are refused by name', async (t) => {
  const bad: [unknown, string, RegExp][] = [
    [{ transport: 'sctp' }, 'RangeError', /transport "sctp"/],
    [{ state: 'open' }, 'RangeError', /state "open" is unknown: expected "all" or "listen"/],
    [null, 'TypeError', /options must be an object/],
  ];
  for (const [options, name, message] of bad) {
    t.throws(() => usedPorts(options as never), { name, message });
  }
});
