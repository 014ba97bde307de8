import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import t from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { close, NO_IPV6 } from '../support/listen';
import { greeter, NOT_BESIDE, noInterfaceTies, sendTo } from '../support/sockets';

t.test('what a server cannot have is said as Node.js says it', { skip: NOT_BESIDE }, async (t) => {
  using held = leaseSync({ exclusive: true, transport: 'both' });
  const { port } = held;
  const place = { code: 'EADDRNOTAVAIL', address: '192.0.2.1', port };
  await t.rejects(held.listen(createServer(), { host: '192.0.2.1' }), {
    ...place,
    syscall: 'listen',
    message: new RegExp(`^listen EADDRNOTAVAIL: [^,]* 192\\.0\\.2\\.1:${port}$`),
  });
  const socket = createSocket('udp4');
  await t.rejects(held.listen(socket, { host: '192.0.2.1' }), {
    ...place,
    syscall: 'bind',
    message: new RegExp(`^bind EADDRNOTAVAIL: [^,]* 192\\.0\\.2\\.1:${port}$`),
  });
  socket.close();
  await t.rejects(held.listen(createServer(), { host: 'no-such-host.invalid' }), {
    code: 'ERR_PORT_HOST',
    host: 'no-such-host.invalid',
  });
  t.equal(held.released, false);
  const server = await held.listen(greeter());
  t.match(server.address(), { port });
  await close(server);
});

t.test('the other options of listen are passed on', { skip: NOT_BESIDE }, async (t) => {
  using held = leaseSync({ exclusive: true, host: '127.0.0.1' });
  const server = greeter();
  const listens = t.capture(server, 'listen', server.listen);
  await held.listen(server, { backlog: 5 });
  t.match(listens()[0]?.args[0], { backlog: 5, exclusive: true });
  await close(server);
});

t.test(
  'a datagram socket hears IPv4 too, unless it is made for IPv6 alone',
  { skip: NOT_BESIDE || NO_IPV6 || noInterfaceTies() },
  async (t) => {
    for (const ipv6Only of [false, true]) {
      using held = leaseSync({ exclusive: true, transport: 'udp' });
      const socket = await held.listen(createSocket({ type: 'udp6', ipv6Only }));
      const message = once(socket, 'message', { signal: AbortSignal.timeout(10_000) });
      await sendTo(held.port, '127.0.0.1', 'IPv4').catch(() => {});
      await sendTo(held.port, '::1', 'IPv6');
      t.equal(String((await message)[0]), ipv6Only ? 'IPv6' : 'IPv4');
      socket.close();
    }
  },
);

t.test(
  'neither a server that listens nor one that cannot leaves a descriptor',
  { skip: process.platform !== 'linux' && 'only Linux lists descriptors in /proc' },
  async (t) => {
    const count = () => readdirSync('/proc/self/fd').length;
    using held = leaseSync({ exclusive: true, transport: 'both' });
    await close(await held.listen(greeter()));
    const before = count();
    for (const host of ['127.0.0.1', '0.0.0.0', undefined]) {
      const server = await held.listen(greeter(), { host });
      await t.rejects(held.listen(greeter(), { host }), { code: 'EADDRINUSE' });
      await close(server);
      const socket = await held.listen(createSocket('udp4'), { host });
      socket.close();
      await once(socket, 'close');
    }
    await t.rejects(held.listen(createServer(), { host: '192.0.2.1' }), { code: 'EADDRNOTAVAIL' });
    await new Promise(setImmediate);
    t.equal(count(), before);
  },
);
