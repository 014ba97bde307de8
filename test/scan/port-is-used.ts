import '../support/alone';

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import t from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { isAvailable, isAvailableSync, portIsUsed, portIsUsedSync } from '../../lib/scan/port-is-used';
import { close, HOSTS, LINGERING_IS_FREE, listen, portOf } from '../support/listen';

for (const host of HOSTS) {
  t.test(`a listener on ${host} makes its port used, wherever that is asked`, async (t) => {
    const server = await listen(t, host);
    const port = portOf(server);
    t.equal(portIsUsedSync(port), true);
    t.equal(await portIsUsed(port), true);
    t.equal(portIsUsedSync(port, host), true);
    t.equal(await portIsUsed(port, 'localhost'), true);
  });
}

t.test('a socket that is bound and does not listen makes its port used', async (t) => {
  const held = leaseSync({ host: '127.0.0.1' });
  t.equal(portIsUsedSync(held.port), true);
  t.equal(portIsUsedSync(held.port, '127.0.0.1'), true);
  held.release();
  t.equal(portIsUsedSync(held.port), false);
});

t.test('a port that nobody has is not used, and asking leaves nothing behind', async (t) => {
  const held = leaseSync();
  held.release();
  for (let times = 0; times < 20; times++) t.equal(portIsUsedSync(held.port), false);
  t.equal(await portIsUsed(held.port), false);
  t.equal(await portIsUsed(held.port, 'localhost'), false);
});

t.test('a UDP socket leaves the TCP port of the same number alone', async (t) => {
  const port = reservePortOnce();
  const socket = createSocket('udp4').bind(port, '127.0.0.1');
  t.teardown(() => socket.close());
  await once(socket, 'listening');
  t.equal(portIsUsedSync(port), false);
});

t.test(
  'a port in TIME_WAIT is used, since a plain bind fails until it ends',
  { skip: LINGERING_IS_FREE },
  async (t) => {
    const port = reservePortOnce();
    const server = await listen(t, '127.0.0.1', port);
    const client = connect(port, '127.0.0.1');
    const [accepted] = (await once(server, 'connection')) as [Socket];
    await once(client, 'connect');
    // The end that closes first keeps the port for a minute.
    accepted.end();
    client.resume();
    await once(client, 'end');
    await Promise.all([once(client, 'close'), once(accepted, 'close'), close(server)]);
    t.equal(portIsUsedSync(port), true);
  },
);

t.test('a real listener sees no connection from the question', async (t) => {
  const server = await listen(t, '127.0.0.1');
  server.on('connection', () => t.fail('a connection came in'));
  t.equal(await portIsUsed(portOf(server)), true);
  await new Promise((resolve) => setTimeout(resolve, 50));
});

t.test('isAvailable asks for more: nobody may be known to use the port', async (t) => {
  t.equal(isAvailableSync(80), false);
  t.equal(await isAvailable(6379), false);
  const held = leaseSync();
  t.equal(isAvailableSync(held.port), false);
  held.release();
  t.equal(await isAvailable(held.port), true);
});

t.test('what is no port or no host is refused by name and value', async (t) => {
  for (const port of [0, 70000, 1.5, Number.NaN, -1]) {
    const wanted = { code: 'ERR_PORT_INVALID_VALUE', message: new RegExp(`port ${port} is out of range`) };
    t.throws(() => portIsUsedSync(port), wanted);
    await t.rejects(portIsUsed(port), wanted);
    t.throws(() => isAvailableSync(port), wanted);
    await t.rejects(isAvailable(port), wanted);
  }
  t.throws(() => portIsUsedSync('abc' as never), { name: 'TypeError', message: /"abc"/ });
  t.throws(() => portIsUsedSync(8080, ''), {
    code: 'ERR_PORT_INVALID_VALUE',
    message: /host must not be empty/,
  });
  t.throws(() => portIsUsedSync(8080, 'some.name'), { code: 'ERR_PORT_HOST', host: 'some.name' });
  t.throws(() => portIsUsedSync(8080, '192.0.2.1'), { code: 'ERR_PORT_HOST', host: '192.0.2.1' });
  await t.rejects(portIsUsed(8080, 'no-such-host.invalid'), { code: 'ERR_PORT_HOST' });
});

/** A port that nobody is given for now, since it is a good one, and that nobody holds. */
function reservePortOnce(): number {
  const held = leaseSync({ transport: 'both' });
  held.release();
  return held.port;
}

t.test('a signal that is none is refused, one that is aborted ends the question', async (t) => {
  await t.rejects(portIsUsed(80, undefined, { signal: 5 as never }), {
    name: 'TypeError',
    message: /^signal /,
  });
  const reason = new Error('enough');
  await t.rejects(portIsUsed(80, undefined, { signal: AbortSignal.abort(reason) }), reason);
});
