import '../support/alone';

import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { getEventListeners, once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer, get } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import * as listening from '../../lib/lease/listen';
import { HAND_OVER, handOverOn, listenOn } from '../../lib/lease/listen';
import { pickSync } from '../../lib/pick/judged-pick';
import { withoutPreloads } from '../support/command';
import { ENDING_MANNERS, handOver, NO_DESCRIPTORS, SOCKET_MANNERS } from '../support/hand-over';
import { close, KINDS_OF_ADDRESS, listen, NO_IPV6, NO_SECOND_LOOPBACK } from '../support/listen';
import { NO_OTHER_USER, NOBODY } from '../support/privilege';

import {
  ask,
  canBePlainlyBound,
  greeter,
  hastyGreeter,
  hearOut,
  NOT_BESIDE,
  noInterfaceTies,
} from '../support/sockets';

t.test('each system has its way to hand a port over', (t) => {
  t.equal(handOverOn('linux'), 'beside');
  t.equal(handOverOn('android'), 'beside');
  t.equal(handOverOn('darwin'), 'socket');
  t.equal(handOverOn('freebsd'), 'socket');
  t.equal(handOverOn('win32'), 'handle');
  t.end();
});

t.test('a server listens beside the lease, stops, and listens again', { skip: NOT_BESIDE }, async (t) => {
  for (const { address, clients } of KINDS_OF_ADDRESS) {
    const held = leaseSync();
    for (const round of [1, 2, 3]) {
      const server = await listen(t, address, held.port, hastyGreeter());
      for (const client of clients)
        t.equal(await hearOut(held.port, client), 'hello', `${address}, ${round}`);
      await close(server);
      t.equal(held.released, false);
      t.equal(canBePlainlyBound(held.port), false);
    }
    held.release();
  }
});

t.test(
  'a server goes on when the lease ends, and the lease when a server does',
  { skip: NOT_BESIDE },
  async (t) => {
    const held = leaseSync();
    const server = await listen(t, undefined, held.port, greeter());
    held.release();
    t.equal(await ask(held.port, '127.0.0.1'), 'hello');
    await close(server);
  },
);

t.test('a server that is closed before it listens is waited for no longer', async (t) => {
  const reason = new Error('enough');
  using early = leaseSync({ host: '127.0.0.1' });
  await t.rejects(early.listen(createServer(), { signal: AbortSignal.abort(reason) }), reason);
  using late = leaseSync({ host: '127.0.0.1' });
  const closed = createServer();
  const listening = late.listen(closed);
  closed.close();
  await t.rejects(listening, { code: 'ERR_PORT_CLOSED' });
  using held = leaseSync({ host: '127.0.0.1' });
  // A server that is closed at this very moment may listen again.
  const again = await listen(t, undefined, 0, greeter());
  again.close();
  await held.listen(again);
  t.equal(await ask(held.port, '127.0.0.1'), 'hello');
  await close(again);
  t.equal(again.listenerCount('close') + again.listenerCount('error'), 0);
});

t.test('listen() takes servers of all kinds, and gives them back', async (t) => {
  using held = leaseSync({ host: '127.0.0.1' });
  const server = await held.listen(createHttpServer((_, response) => response.end('hi')));
  t.equal((server.address() as AddressInfo).port, held.port);
  t.equal((server.address() as AddressInfo).address, '127.0.0.1');
  const [response] = await once(get(`http://127.0.0.1:${held.port}`), 'response');
  t.equal(String((await once(response, 'data'))[0]), 'hi');
  server.closeAllConnections();
  await close(server);
});

t.test('listen() passes options on', async (t) => {
  using held = leaseSync();
  const server = await held.listen(greeter(), { host: '127.0.0.1', backlog: 5 });
  t.equal((server.address() as AddressInfo).address, '127.0.0.1');
  await close(server);
});

for (const manner of ENDING_MANNERS) {
  t.test(`a lease whose port is handed over by "${manner}" is over, the server listens`, async (t) => {
    for (const { address, clients } of KINDS_OF_ADDRESS) {
      const held = leaseSync({ host: address });
      const server = greeter();
      await handOver(held, server, {}, manner);
      t.equal(held.released, true);
      t.match(server.address(), { port: held.port, address });
      for (const client of clients) t.equal(await ask(held.port, client), 'hello');
      await close(server);
      const again = leaseSync({ ports: held.port, host: address });
      again.release();
    }
  });
}

t.test('no socket is handed to a server that wants another address', async (t) => {
  const held = leaseSync();
  const server = greeter();
  await listenOn(held, server, { host: '127.0.0.1' }, 'socket');
  t.match(server.address(), { port: held.port, address: '127.0.0.1' });
  await close(server);
});

t.test(
  'an exclusive lease keeps servers out that do not come by listen()',
  { skip: NOT_BESIDE },
  async (t) => {
    for (const { address } of KINDS_OF_ADDRESS) {
      using held = leaseSync({ exclusive: true });
      t.equal(held.exclusive, true);
      const isClosed = () => t.rejects(listen(t, address, held.port, greeter()), { code: 'EADDRINUSE' });
      await isClosed();
      for (const round of [1, 2]) {
        const server = await held.listen(hastyGreeter(), { host: address });
        const client = address.includes(':') ? '::1' : '127.0.0.1';
        t.equal(await hearOut(held.port, client), 'hello', `${address}, ${round}`);
        await isClosed();
        await close(server);
        await isClosed();
        t.equal(canBePlainlyBound(held.port), false);
      }
      held.release();
      await close(await listen(t, address, held.port, greeter()));
    }
  },
);

t.test(
  'a server that cannot listen says why, and nothing else is changed',
  { skip: NOT_BESIDE },
  async (t) => {
    using held = leaseSync();
    const first = await held.listen(greeter());
    const second = greeter();
    await t.rejects(held.listen(second), { code: 'EADDRINUSE' });
    t.strictSame([second.listenerCount('error'), second.listenerCount('listening')], [0, 0]);
    await t.rejects(held.listen(first), { code: 'ERR_SERVER_ALREADY_LISTEN' });
    await new Promise(setImmediate);
    t.strictSame(
      ['error', 'listening', 'close'].map((event) => first.listenerCount(event)),
      [0, 0, 0],
    );
    await close(first);
    await close(await held.listen(second));
  },
);

t.test(
  'a server that an exclusive lease could not serve leaves the port closed, and the next server alone',
  { skip: NOT_BESIDE },
  async (t) => {
    using held = leaseSync({ exclusive: true, host: '127.0.0.1' });
    for (const [refused, options, code] of [
      [await listen(t, '127.0.0.1', 0, greeter()), {}, 'ERR_SERVER_ALREADY_LISTEN'],
      [greeter(), { signal: 'none' as never }, 'ERR_INVALID_ARG_TYPE'],
    ] as const) {
      await t.rejects(held.listen(refused, options), { code });
      await t.rejects(ask(held.port, '127.0.0.1'), { code: 'ECONNREFUSED' });
      const server = await held.listen(greeter());
      if (!refused.listening) await once(refused.listen(0, '127.0.0.1'), 'listening');
      await close(refused);
      t.equal(await ask(held.port, '127.0.0.1'), 'hello');
      await close(server);
      await t.rejects(ask(held.port, '127.0.0.1'), { code: 'ECONNREFUSED' });
    }
  },
);

for (const manner of SOCKET_MANNERS) {
  t.test(`a socket that a server refuses is closed ("${manner}")`, async (t) => {
    const taken = await listen(t, '127.0.0.1', 0, greeter());
    for (const [server, options, code] of [
      [taken, {}, 'ERR_SERVER_ALREADY_LISTEN'],
      [greeter(), { signal: 'none' as never }, 'ERR_INVALID_ARG_TYPE'],
    ] as const) {
      const held = leaseSync({ host: '127.0.0.1' });
      await t.rejects(handOver(held, server, options, manner), { code });
      t.equal(held.released, true);
      t.equal(canBePlainlyBound(held.port, 'tcp', '127.0.0.1'), true, code);
    }
    await close(taken);
  });

  t.test(`a signal closes a server that has the socket ("${manner}")`, async (t) => {
    const reason = new Error('enough');
    const early = leaseSync({ host: '127.0.0.1' });
    await t.rejects(handOver(early, greeter(), { signal: AbortSignal.abort(reason) }, manner), reason);
    t.equal(canBePlainlyBound(early.port, 'tcp', '127.0.0.1'), true);
    const held = leaseSync({ host: '127.0.0.1' });
    const controller = new AbortController();
    const server = greeter();
    await handOver(held, server, { signal: controller.signal }, manner);
    const closed = once(server, 'close');
    controller.abort();
    await closed;
    t.strictSame(getEventListeners(controller.signal, 'abort'), []);
  });
}

t.test(
  'a server that fits gets the socket itself, with the backlog, and the port is never let go',
  async (t) => {
    for (const manner of SOCKET_MANNERS.filter((manner) => manner === HAND_OVER || HAND_OVER === 'beside')) {
      const held = leaseSync({ host: '127.0.0.1' });
      const { port, host } = held;
      const holder = {
        port,
        host,
        released: false,
        holds: () => true,
        release: () => t.fail('the port was let go'),
        detach: () => held.detach(),
      };
      const server = greeter();
      const listen = t.capture(server, 'listen', server.listen);
      await listenOn(holder, server, { backlog: 5 }, manner);
      const [{ args = [] } = {}] = listen();
      if (manner === 'handle') t.equal(args[1], 5);
      // In a worker of node:cluster, a socket that is not exclusive would be the primary's.
      else t.match(args[0], { backlog: 5, exclusive: true });
      await close(server);
    }
  },
);

t.test('a handle keeps no listener on a signal', { skip: NO_DESCRIPTORS }, async (t) => {
  const { signal } = new AbortController();
  const first = leaseSync({ host: '127.0.0.1' });
  const server = greeter();
  await listenOn(first, server, { signal }, 'handle');
  const second = leaseSync({ host: '127.0.0.1' });
  await t.rejects(listenOn(second, server, { signal }, 'handle'), { code: 'ERR_SERVER_ALREADY_LISTEN' });
  await close(server);
  t.strictSame(getEventListeners(signal, 'abort'), []);
  const aborted = greeter().once('listening', () => t.fail('it listened'));
  const third = leaseSync({ host: '127.0.0.1' });
  // In a turn of its own, what Node.js does in the next tick comes before an abort listener.
  const listening = new Promise((resolve) => {
    setImmediate(() => resolve(listenOn(third, aborted, { signal: AbortSignal.abort() }, 'handle')));
  });
  await t.rejects(listening, { name: 'AbortError' });
  await new Promise(setImmediate);
});

t.test('the port is reopened where no handle takes the socket', async (t) => {
  const held = leaseSync({ host: '127.0.0.1' });
  const server = greeter();
  await listenOn(held, server, {}, 'handle', () => {});
  t.equal(held.released, true);
  t.match(server.address(), { port: held.port, address: '127.0.0.1' });
  await close(server);
});

t.test('where sockets are no descriptors, listen() gives them away in handles', async (t) => {
  /** Leases of which `listen()` works as on Windows. */
  const windowsLeases = (working: typeof listenOn) =>
    t.mockRequire<typeof import('../../lib/lease/lease')>('../../lib/lease/lease', {
      '../../lib/lease/listen': { ...listening, HAND_OVER: 'handle', listenOn: working },
    });
  const given = windowsLeases(listenOn).leaseSync({ transport: 'both', host: '127.0.0.1' });
  const server = await given.listen(greeter());
  t.strictSame([given.holds('tcp'), given.holds('udp')], [false, true]);
  given.release();
  t.equal(await ask(given.port, '127.0.0.1'), 'hello');
  await close(server);
  t.equal(canBePlainlyBound(given.port), true);

  const both = windowsLeases(listenOn).leaseSync({ transport: 'both', host: '127.0.0.1' });
  const socket = createSocket('udp4');
  await both.listen(socket);
  t.strictSame([both.holds('tcp'), both.holds('udp'), socket.address().port], [true, false, both.port]);
  both.release();
  const heard = once(socket, 'message');
  const sender = createSocket('udp4');
  sender.send('hello', both.port, '127.0.0.1', () => sender.close());
  t.equal(`${(await heard)[0]}`, 'hello');
  await new Promise<void>((resolve) => socket.close(resolve));

  // Every lease is exclusive there: its server gets the held socket as that of any other does.
  const exclusive = windowsLeases(listenOn).leaseSync({ exclusive: true, host: '127.0.0.1' });
  const { unregister } = FinalizationRegistry.prototype;
  const forgets = t.capture(FinalizationRegistry.prototype, 'unregister', unregister);
  const sole = await exclusive.listen(greeter());
  t.equal(exclusive.released, true);
  t.ok(
    forgets().some(({ args: [lease] }) => lease === exclusive),
    'it is not lost any more',
  );
  forgets.restore();
  await close(sole);

  const refusing = t.mockRequire<typeof import('../../lib/lease/listen')>('../../lib/lease/listen', {
    '../../lib/lease/node-handle': { adoptSocket: () => undefined },
  });
  const reopened = windowsLeases(refusing.listenOn).leaseSync({ host: '127.0.0.1' });
  const other = await reopened.listen(greeter());
  t.equal(reopened.released, true);
  t.equal(await ask(reopened.port, '127.0.0.1'), 'hello');
  await close(other);
  t.equal(canBePlainlyBound(reopened.port), true);
});

t.test(
  'an exclusive lease that ends while a name is looked up serves nobody',
  { skip: NOT_BESIDE },
  async (t) => {
    const held = leaseSync({ exclusive: true });
    const listens = held.listen(greeter(), { host: 'localhost' });
    held.release();
    await t.rejects(listens, { code: 'ERR_PORT_RELEASED', message: /is over/ });
  },
);

t.test('a server of an exclusive lease can be for IPv6 alone', { skip: NOT_BESIDE || NO_IPV6 }, async (t) => {
  using held = leaseSync({ exclusive: true });
  for (const options of [{ ipv6Only: true }, { ipv6Only: true, host: '::' }]) {
    const server = await held.listen(greeter(), options);
    t.match(server.address(), { address: '::', port: held.port });
    t.equal(await ask(held.port, '::1'), 'hello');
    await t.rejects(ask(held.port, '127.0.0.1'), { code: 'ECONNREFUSED' });
    await close(server);
  }
});

t.test('listen() refuses what the lease is not for', async (t) => {
  const held = leaseSync({ transport: 'udp' });
  await t.rejects(held.listen(greeter()), { code: 'ERR_PORT_RELEASED', message: /for tcp/ });
  const none = () => {};
  for (const strange of [
    ...[{}, null, undefined, 'server', { once: none, address: none }],
    ...[
      { listen: none, once: none },
      { listen: none, address: none },
    ],
  ])
    await t.rejects(held.listen(strange as never), { name: 'TypeError', code: 'ERR_PORT_INVALID_TYPE' });
  await t.rejects(held.listen(greeter(), 'here' as never), { name: 'TypeError' });
  using exclusive = leaseSync({ exclusive: true });
  await t.rejects(exclusive.listen(greeter(), 'here' as never), { name: 'TypeError' });
  held.release();
  const socket = createSocket('udp4');
  await t.rejects(held.listen(socket), { code: 'ERR_PORT_RELEASED', message: /is over/ });
  socket.close();
});

t.test('a child listens on the socket that it inherits', { skip: NO_DESCRIPTORS }, async (t) => {
  using held = leaseSync({ host: '127.0.0.1' });
  const program = `
    const server = require('node:net').createServer((socket) => socket.on('error', () => {}).end('hello'));
    server.listen({ fd: 3 }, () => console.log('listening'));`;
  const child = spawn(...withoutPreloads(process.execPath, ['-e', program]), {
    stdio: ['ignore', 'pipe', 'inherit', held.fd],
  });
  if (child.stdout === null) throw new Error('no pipe');
  await once(child.stdout, 'data');
  t.equal(await hearOut(held.port, '127.0.0.1'), 'hello');
  child.kill();
  await once(child, 'exit');
  t.equal(held.released, false);
});

t.test('a detached socket is the caller’s, who can listen on it', { skip: NO_DESCRIPTORS }, async (t) => {
  const held = leaseSync({ host: '127.0.0.1' });
  const server = greeter();
  server.listen({ fd: held.detach() });
  await once(server, 'listening');
  t.equal(held.released, true);
  t.throws(() => held.fd, { code: 'ERR_PORT_RELEASED' });
  t.equal(await ask(held.port, '127.0.0.1'), 'hello');
  await close(server);
  t.equal(canBePlainlyBound(held.port), true);
});

t.test(
  'a socket that is detached after a server lets nobody in, of an ordinary user neither',
  { skip: NOT_BESIDE || NO_DESCRIPTORS },
  async (t) => {
    for (const user of NO_OTHER_USER === false ? [0, NOBODY] : [process.geteuid?.() ?? 0]) {
      const held = leaseSync({ exclusive: true });
      process.seteuid?.(user);
      t.teardown(() => NO_OTHER_USER === false && process.seteuid?.(0));
      const server = createServer();
      await held.listen(server, { host: '127.0.0.1' });
      await close(server);
      const fd = held.detach();
      t.teardown(() => closeSync(fd));
      for (const host of ['127.0.0.1', '0.0.0.0']) {
        const intruder = createServer().listen(held.port, host);
        const [error] = await Promise.race([once(intruder, 'error'), once(intruder, 'listening')]);
        intruder.close();
        t.match(error, { code: 'EADDRINUSE' }, `${host}, user ${user}`);
      }
    }
  },
);

t.test('a child inherits no socket of a lease, nor of its server', { skip: NOT_BESIDE }, async (t) => {
  using plain = leaseSync({ transport: 'both' });
  using exclusive = leaseSync({ exclusive: true });
  const server = await exclusive.listen(greeter());
  const path = join(t.testdir({}), 'descriptors');
  const fd = openSync(path, 'w');
  // Pipes of Node are sockets too.
  spawnSync('ls', ['-l', '/proc/self/fd'], { stdio: ['ignore', fd, 'ignore'] });
  closeSync(fd);
  const text = readFileSync(path, 'utf8');
  t.match(text, /descriptors/);
  t.notMatch(text, /socket:/);
  t.ok(plain.port);
  await close(server);
});

t.test(
  'an ordinary user’s server at a loopback address comes through no gate',
  { skip: noInterfaceTies() || NO_OTHER_USER || NO_SECOND_LOOPBACK },
  async (t) => {
    t.teardown(() => process.seteuid?.(0));
    for (const address of ['127.0.0.1', '127.0.0.2', '::1']) {
      const [held] = pickSync(1, {}, 'exclusive').leases;
      process.seteuid?.(NOBODY);
      const server = held?.openServer('tcp', address, false);
      process.seteuid?.(0);
      t.equal(server?.way, 'kept', address);
      if (server !== undefined) closeSync(server.fd);
      held?.release();
    }
  },
);
