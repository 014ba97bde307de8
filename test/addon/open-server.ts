import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import type { Server } from 'node:net';
import t, { type Test } from 'tap';
import type { LeaseHandle } from '../../lib/addon/contract';
import { pickSync } from '../../lib/pick/judged-pick';
import type { TransportChoice } from '../../lib/ports/transport';
import { close, NO_IPV6, portOf } from '../support/listen';
import { ask, greeter, NOT_BESIDE, noInterfaceTies } from '../support/sockets';

const NO_TIES = noInterfaceTies();

/** Why the interface that a socket is tied to cannot be seen; false where it can. */
const NO_SS = spawnSync('ss', ['--version']).status === 0 ? false : 'needs ss (iproute2)';

const IS_ROOT = process.geteuid?.() === 0;

/** A port that is held exclusively on every address, and its number. */
function holdPort(t: Test, transport: TransportChoice = 'tcp'): { held: LeaseHandle; port: number } {
  const { leases, ports } = pickSync(1, { transport }, 'exclusive');
  const [[held], [port]] = [leases, ports];
  if (held === undefined || port === undefined) throw new Error('no port is free');
  t.teardown(() => held.release());
  return { held, port };
}

function hold(t: Test): LeaseHandle {
  return holdPort(t).held;
}

async function listenOn(fd: number): Promise<Server> {
  const server = greeter();
  await once(server.listen({ fd }), 'listening');
  return server;
}

t.test('a port has one server at a time, wherever', { skip: NOT_BESIDE }, async (t) => {
  const held = hold(t);
  const { fd, way } = held.openServer('tcp', '', false);
  t.equal(way, 'held');
  for (const address of ['', '127.0.0.1'])
    t.throws(
      () => held.openServer('tcp', address, false),
      { code: 'ERR_PORT_SYSTEM', systemCode: 'EADDRINUSE' },
      address,
    );
  closeSync(fd);
  held.endListening();
  closeSync(held.openServer('tcp', '', false).fd);
});

t.test('of a lease of both transports each has its own descriptors', { skip: NOT_BESIDE }, async (t) => {
  const { held } = holdPort(t, 'both');
  const [tcp, udp] = [held.descriptors('tcp'), held.descriptors('udp')];
  t.ok(tcp.length > 0 && udp.length > 0);
  t.strictSame(held.descriptors(), [...tcp, ...udp]);
});

t.test(
  'behind a server beside it the held socket is as before',
  { skip: NO_TIES || (IS_ROOT ? false : 'only root can untie a socket of TCP') },
  async (t) => {
    const held = hold(t);
    for (const [address, expected] of [
      ['127.0.0.1', 'kept'],
      ['', 'held'],
    ] as const) {
      const { fd, way } = held.openServer('tcp', address, false);
      t.equal(way, expected, address);
      closeSync(fd);
    }
  },
);

t.test(
  'all loopback addresses can have a server beside the held socket',
  { skip: NO_TIES || NO_IPV6 },
  async (t) => {
    for (const address of ['127.0.0.1', '127.0.0.9', '::1', '::ffff:127.0.0.1']) {
      const { fd, way } = hold(t).openServer('tcp', address, false);
      t.equal(way, 'kept', address);
      closeSync(fd);
    }
  },
);

t.test('a server for other machines is tied to no interface', { skip: NO_TIES || NO_SS }, async (t) => {
  for (const [transport, address, expected] of [
    ['tcp', '0.0.0.0', IS_ROOT ? 'kept' : 'gate'],
    ['udp', '0.0.0.0', 'kept'],
    ['udp', '127.0.0.1', 'kept'],
  ] as const) {
    const { held, port } = holdPort(t, transport);
    const { fd, way } = held.openServer(transport, address, false);
    t.equal(way, expected, `${transport} ${address}`);
    const table = spawnSync('ss', ['-tuanH', `sport = :${port}`], { encoding: 'utf8' }).stdout;
    // That of the held socket may be.
    t.match(table, `${address}:${port} `, table);
    closeSync(fd);
  }
});

t.test('a server of IPv6 alone has no clients of IPv4', { skip: NOT_BESIDE || NO_IPV6 }, async (t) => {
  const held = hold(t);
  const alone = await listenOn(held.openServer('tcp', '::', true).fd);
  t.equal(await ask(portOf(alone), '::1'), 'hello');
  await t.rejects(ask(portOf(alone), '127.0.0.1'), { code: 'ECONNREFUSED' });
  await close(alone);
});

t.test(
  'the held socket has clients of both families, even after a server beside it',
  { skip: NO_TIES || NO_IPV6 },
  async (t) => {
    for (const way of ['taken', 'activated']) {
      const held = hold(t);
      const beside = await listenOn(held.openServer('tcp', '127.0.0.1', false).fd);
      await close(beside);
      if (way === 'activated') held.activate();
      const fd = held.take('tcp');
      if (fd === undefined) throw new Error('no socket');
      const server = await listenOn(fd);
      for (const client of ['127.0.0.1', '::1'])
        t.equal(await ask(portOf(server), client), 'hello', `${way}, ${client}`);
      await close(server);
    }
  },
);

t.test('a held socket that was lent out lets nobody in', { skip: NO_TIES }, async (t) => {
  const { held, port } = holdPort(t);
  closeSync(held.openServer('tcp', '127.0.0.1', false).fd);
  t.equal(held.descriptors('tcp').length, 1);
  const intruder = greeter().listen(port, '127.0.0.1');
  t.teardown(() => intruder.close());
  await t.rejects(once(intruder, 'listening'), { code: 'EADDRINUSE' });
});
