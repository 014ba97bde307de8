import '../support/alone';

import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import t from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { listenOn } from '../../lib/lease/listen';
import { withoutPreloads } from '../support/command';
import { ENDING_MANNERS, handOver, NO_DESCRIPTORS, SOCKET_MANNERS } from '../support/hand-over';
import { close, KINDS_OF_ADDRESS, NO_IPV6 } from '../support/listen';
import {
  ask,
  bind,
  canBePlainlyBound,
  greeter,
  NOT_BESIDE,
  noInterfaceTies,
  sendTo,
} from '../support/sockets';

const NO_TIES = noInterfaceTies();

t.test('of a lease of both transports, the part that is handed over is over', async (t) => {
  for (const manner of ENDING_MANNERS) {
    const held = leaseSync({ transport: 'both', host: '127.0.0.1' });
    const server = greeter();
    await handOver(held, server, {}, manner);
    t.strictSame([held.holds('tcp'), held.holds('udp'), held.released], [false, true, false]);
    const socket = createSocket('udp4');
    await handOver(held, socket, {}, manner);
    t.equal(held.released, true);
    const message = once(socket, 'message');
    await sendTo(held.port, '127.0.0.1', 'ping');
    t.equal(String((await message)[0]), 'ping');
    socket.close();
    await close(server);
  }
});

for (const manner of SOCKET_MANNERS) {
  t.test(
    `a socket that a datagram socket refuses is closed, one that it took is its own ("${manner}")`,
    async (t) => {
      const refused = leaseSync({ transport: 'udp', host: '127.0.0.1' });
      const taken = await bind({ type: 'udp4' }, 0, '127.0.0.1');
      await t.rejects(handOver(refused, taken, {}, manner), { code: 'ERR_SOCKET_ALREADY_BOUND' });
      t.equal(canBePlainlyBound(refused.port, 'udp', '127.0.0.1'), true);
      taken.close();

      const adopted = leaseSync({ transport: 'udp', host: '127.0.0.1' });
      const failing = createSocket({ type: 'udp4', recvBufferSize: 2 ** 31 });
      await t.rejects(handOver(adopted, failing, {}, manner), { code: 'ERR_SOCKET_BUFFER_SIZE' });
      t.equal(failing.address().port, adopted.port);
      failing.close();
      t.equal(canBePlainlyBound(adopted.port, 'udp', '127.0.0.1'), true);
    },
  );
}

t.test('no socket is handed to a datagram socket of another family', { skip: NO_IPV6 }, async (t) => {
  for (const [type, host, address] of [
    ['udp4', undefined, '0.0.0.0'],
    ['udp6', undefined, '::'],
    ['udp6', '::1', '::1'],
    ['udp4', '127.0.0.1', '127.0.0.1'],
  ] as const) {
    const held = leaseSync({ transport: 'udp', host });
    const socket = createSocket(type);
    await listenOn(held, socket, {}, 'socket');
    t.match(socket.address(), { port: held.port, address, family: type === 'udp4' ? 'IPv4' : 'IPv6' });
    t.equal(held.released, true);
    socket.close();
  }
});

t.test(
  'datagrams reach the server beside the lease, whatever both are bound to',
  { skip: NO_TIES },
  async (t) => {
    for (const { address: host } of KINDS_OF_ADDRESS) {
      for (const { address, clients } of KINDS_OF_ADDRESS) {
        const held = leaseSync({ host, transport: 'udp' });
        for (const round of [1, 2]) {
          const type = address.includes(':') ? 'udp6' : 'udp4';
          const socket = await bind({ type, reuseAddr: true }, held.port, address);
          for (const client of clients) {
            const message = once(socket, 'message', { signal: AbortSignal.timeout(5000) });
            await sendTo(held.port, client, `${client} ${round}`);
            t.equal(String((await message)[0]), `${client} ${round}`, `held at ${host}, bound at ${address}`);
          }
          socket.close();
        }
        held.release();
      }
    }
  },
);

t.test('the lease queues no datagrams for a server to come', { skip: NO_TIES }, async (t) => {
  const held = leaseSync({ transport: 'udp', host: '127.0.0.1' });
  await sendTo(held.port, '127.0.0.1', 'too early');
  const socket = createSocket('udp4');
  const message = once(socket, 'message');
  socket.bind({ fd: held.detach() });
  await sendTo(held.port, '127.0.0.1', 'in time');
  t.equal(String((await message)[0]), 'in time');
  socket.close();
});

t.test(
  'a socket that a child inherits by `fd` takes datagrams in',
  { skip: NO_TIES || NO_DESCRIPTORS },
  async (t) => {
    using held = leaseSync({ transport: 'udp', host: '127.0.0.1' });
    const program = `
      const socket = require('node:dgram').createSocket('udp4');
      socket.on('message', (text) => { console.log(String(text)); socket.close(); });
      socket.bind({ fd: 3 }, () => console.log('bound'));`;
    const child = spawn(...withoutPreloads(process.execPath, ['-e', program]), {
      stdio: ['ignore', 'pipe', 'inherit', held.fd],
    });
    t.teardown(() => child.kill());
    if (child.stdout === null) throw new Error('no pipe');
    child.stdout.setEncoding('utf8');
    t.strictSame(await once(child.stdout, 'data'), ['bound\n']);
    const signal = AbortSignal.timeout(10_000);
    const heard = once(child.stdout, 'data', { signal });
    await sendTo(held.port, '127.0.0.1', 'ping');
    t.strictSame(await heard, ['ping\n']);
  },
);

t.test('listen() takes datagram sockets that reuse the address', { skip: NOT_BESIDE }, async (t) => {
  using held = leaseSync({ transport: 'udp' });
  for (const round of ['one', 'two']) {
    const socket = await held.listen(createSocket({ type: 'udp4', reuseAddr: true }), {
      host: '127.0.0.1',
    });
    t.equal(socket.address().address, '127.0.0.1');
    const message = once(socket, 'message');
    await sendTo(held.port, '127.0.0.1', round);
    t.equal(String((await message)[0]), round);
    socket.close();
  }
  t.equal(held.released, false);
});

t.test('listen() tells how to make a datagram socket that fits', { skip: NOT_BESIDE }, async (t) => {
  using held = leaseSync({ transport: 'udp' });
  const socket = createSocket('udp4');
  await t.rejects(held.listen(socket), {
    code: 'ERR_PORT_REUSE_ADDRESS',
    message: /reuseAddr: true/,
    cause: { code: 'EADDRINUSE' },
  });
  socket.close();
  const elsewhere = createSocket({ type: 'udp4', reuseAddr: true });
  await t.rejects(held.listen(elsewhere, { host: '192.0.2.1' }), { code: 'EADDRNOTAVAIL' });
  elsewhere.close();
  t.equal(held.released, false);
});

t.test('an exclusive lease keeps datagram sockets out too', { skip: NO_TIES }, async (t) => {
  using held = leaseSync({ exclusive: true, transport: 'both' });
  const options = { type: 'udp4', reuseAddr: true } as const;
  await t.rejects(bind(options, held.port), { code: 'EADDRINUSE' });
  const [server, socket] = await Promise.all([
    held.listen(greeter(), { host: 'localhost' }),
    held.listen(createSocket(options), { host: '127.0.0.1' }),
  ]);
  const message = once(socket, 'message');
  await sendTo(held.port, '127.0.0.1', 'ping');
  t.equal(String((await message)[0]), 'ping');
  await t.rejects(bind(options, held.port), { code: 'EADDRINUSE' });
  await t.rejects(held.listen(createSocket('udp4').unref()), { code: 'EADDRINUSE' });
  await t.rejects(bind(options, held.port), { code: 'EADDRINUSE' });
  socket.close();
  const plain = await held.listen(createSocket('udp4'));
  t.match(plain.address(), { address: '0.0.0.0', port: held.port });
  plain.close();
  await close(server);
});

t.test(
  'datagram sockets get exclusive ports in their own family',
  { skip: NO_TIES || NO_IPV6 },
  async (t) => {
    using held = leaseSync({ exclusive: true, transport: 'udp' });
    for (const [type, address] of [
      ['udp6', '::'],
      ['udp4', '0.0.0.0'],
    ] as const) {
      const socket = await held.listen(createSocket(type));
      t.match(socket.address(), { address, port: held.port });
      socket.close();
    }
    for (const [type, host] of [
      ['udp4', '::1'],
      ['udp6', '127.0.0.1'],
    ] as const) {
      const socket = createSocket(type);
      await t.rejects(held.listen(socket, { host }), Error);
      t.throws(() => socket.address(), { code: 'EBADF' });
      socket.close();
    }
  },
);

t.test('a datagram socket that closes leaves the server of its lease alone', { skip: NO_TIES }, async (t) => {
  using held = leaseSync({ exclusive: true, transport: 'both', host: '127.0.0.1' });
  const server = await held.listen(greeter());
  const socket = await held.listen(createSocket('udp4'));
  const closed = once(socket, 'close');
  socket.close();
  await closed;
  t.equal(await ask(held.port, '127.0.0.1'), 'hello');
  await close(server);
});

t.test('a name means its address of the family of the socket', { skip: NO_TIES || NO_IPV6 }, async (t) => {
  const known = await lookup('localhost', { family: 6 }).catch(() => undefined);
  if (known === undefined) return t.comment('localhost has no address of IPv6 here');
  using held = leaseSync({ exclusive: true, transport: 'udp' });
  const socket = await held.listen(createSocket('udp6'), { host: 'localhost' });
  t.equal(socket.address().address, known.address);
  socket.close();
});
