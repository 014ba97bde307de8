import '../support/alone';

import { once } from 'node:events';
import { closeSync, constants, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import t from 'tap';
import { Lease, type LeaseOptions, lease, leaseMany, leaseManySync, leaseSync } from '../../lib/lease/lease';
import { NoFreePortError } from '../../lib/pick/errors';
import { NO_DESCRIPTORS } from '../support/hand-over';
import { NO_IPV6 } from '../support/listen';
import { ask, canBePlainlyBound } from '../support/sockets';

const NO_PROC: string | false =
  process.platform === 'linux' ? false : 'only Linux counts descriptors in /proc';

const openDescriptors = () => readdirSync('/proc/self/fd').length;

t.test('a leased port is nobody else’s until it is released', async (t) => {
  for (const held of [await lease(), leaseSync()]) {
    t.type(held, Lease);
    t.match(held, { transport: 'tcp', exclusive: false });
    t.strictSame([held.host, held.holds('tcp'), held.holds('udp')], [undefined, true, false]);
    t.equal(held.released, false);
    t.equal(canBePlainlyBound(held.port), false);
    t.equal(canBePlainlyBound(held.port, 'tcp', '127.0.0.1'), false);
    await t.rejects(lease({ ports: held.port }), NoFreePortError);
    held.release();
    t.equal(held.released, true);
    t.equal(canBePlainlyBound(held.port), true);
  }
});

t.test('an exclusive lease takes the only candidate, and keeps servers out', async (t) => {
  const candidate = leaseSync();
  candidate.release();
  const options = { ports: candidate.port, exclusive: true };
  for (const take of [async () => leaseSync(options), () => lease(options)]) {
    using held = await take();
    t.match(held, { port: candidate.port, exclusive: true });
    const server = createServer().listen(held.port);
    t.teardown(() => server.close());
    await t.rejects(once(server, 'listening'), { code: /^(EADDRINUSE|EACCES)$/ });
  }
});

t.test('releasing twice is harmless, also when the port is somebody else’s by then', (t) => {
  const first = leaseSync();
  first.release();
  const second = leaseSync({ ports: first.port });
  first.release();
  t.equal(second.released, false);
  t.equal(canBePlainlyBound(second.port), false);
  second.release();
  t.end();
});

t.test('a lease ends with its scope', async (t) => {
  const ports: number[] = [];
  {
    using held = leaseSync();
    await using other = await lease();
    ports.push(held.port, other.port);
    for (const port of ports) t.equal(canBePlainlyBound(port), false);
  }
  for (const port of ports) t.equal(canBePlainlyBound(port), true);
});

t.test('many leases are of different ports among the candidates', async (t) => {
  const free = leaseManySync(30);
  const ports = free.map(({ port }) => port);
  for (const held of free) held.release();

  const leases = [
    ...leaseManySync(10, { ports, exclude: ports.slice(25) }),
    ...(await leaseMany(15, { ports })),
  ];
  t.teardown(() => {
    for (const held of leases) held.release();
  });
  t.equal(new Set(leases.map(({ port }) => port)).size, 25);
  t.strictSame(new Set([...ports, ...leases.map(({ port }) => port)]), new Set(ports));
});

t.test('leaseMany holds all or none', async (t) => {
  const [used, ...others] = leaseManySync(5);
  if (used === undefined) throw new Error('no lease');
  for (const other of others) other.release();
  const ports = [used, ...others].map(({ port }) => port);
  t.throws(() => leaseManySync(5, { ports }), { code: 'ERR_PORT_NONE_FREE', tried: 5, wanted: 5, found: 4 });
  await t.rejects(leaseMany(5, { ports }), { code: 'ERR_PORT_NONE_FREE', found: 4 });
  for (const { port } of others) t.equal(canBePlainlyBound(port), true);
  used.release();
});

t.test('a lease of one address leaves the others alone', (t) => {
  const held = leaseSync({ host: '127.0.0.1' });
  t.equal(held.host, '127.0.0.1');
  t.equal(canBePlainlyBound(held.port, 'tcp', '127.0.0.1'), false);
  t.equal(canBePlainlyBound(held.port), false);
  t.equal(canBePlainlyBound(held.port, 'tcp', '127.0.0.2'), true);
  held.release();
  t.end();
});

t.test('a lease of a name holds all its addresses', async (t) => {
  for (const held of [await lease({ host: 'localhost' }), leaseSync({ host: 'LocalHost' })]) {
    t.equal(canBePlainlyBound(held.port, 'tcp', '127.0.0.1'), false);
    t.equal(canBePlainlyBound(held.port, 'tcp', '127.0.0.2'), true);
    if (NO_DESCRIPTORS === false) t.equal(held.fds.length, NO_IPV6 === false ? 2 : 1);
    held.release();
    t.equal(canBePlainlyBound(held.port, 'tcp', 'localhost'), true);
  }
});

t.test('a lease is for one transport or both', (t) => {
  const expected = { tcp: [false, true], udp: [true, false], both: [false, false] };
  for (const transport of ['tcp', 'udp', 'both'] as const) {
    const held = leaseSync({ transport });
    t.equal(held.transport, transport);
    t.strictSame(
      [canBePlainlyBound(held.port, 'tcp'), canBePlainlyBound(held.port, 'udp')],
      expected[transport],
    );
    t.strictSame(
      [held.holds('tcp'), held.holds('udp')],
      expected[transport].map((isFree) => !isFree),
    );
    held.release();
    t.strictSame([held.holds('tcp'), held.holds('udp')], [false, false]);
  }
  t.end();
});

t.test('one transport can be released alone', (t) => {
  const held = leaseSync({ transport: 'both' });
  held.release('tcp');
  held.release('tcp');
  t.equal(held.released, false);
  t.strictSame([canBePlainlyBound(held.port, 'tcp'), canBePlainlyBound(held.port, 'udp')], [true, false]);
  held.release('udp');
  t.equal(held.released, true);
  t.equal(canBePlainlyBound(held.port, 'udp'), true);
  t.end();
});

t.test('a lease costs one descriptor for each transport and address', { skip: NO_PROC }, async (t) => {
  leaseSync().release();
  for (const [options, cost] of [
    [{}, 1],
    [{ transport: 'both' }, 2],
    [{ host: '127.0.0.1' }, 1],
  ] satisfies [LeaseOptions, number][]) {
    const before = openDescriptors();
    const leases = leaseManySync(20, options);
    t.equal(openDescriptors() - before, 20 * cost);
    for (const held of leases) held.release();
    t.equal(openDescriptors(), before);
  }
});

t.test('a lease that is over has no descriptor to give', { skip: NO_DESCRIPTORS }, (t) => {
  const held = leaseSync({ transport: 'both' });
  t.equal(held.fds.length, 2);
  t.equal(held.fd, held.fds[0]);
  held.release();
  for (const use of [() => held.fd, () => held.fds, () => held.detach(), () => held.detach('udp')]) {
    t.throws(use, { code: 'ERR_PORT_RELEASED', message: new RegExp(`${held.port}`) });
  }
  t.end();
});

t.test('calls on a detached socket block only if it is to', { skip: NO_PROC }, (t) => {
  for (const [options, blocks] of [
    [{ blocking: true }, true],
    [{ blocking: false }, false],
    [{}, false],
  ] as const) {
    const descriptor = leaseSync().detach('tcp', options);
    const [, flags = ''] =
      readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8').match(/flags:\s*(\d+)/) ?? [];
    t.equal((Number.parseInt(flags, 8) & constants.O_NONBLOCK) === 0, blocks);
    closeSync(descriptor);
  }
  t.end();
});

t.test('the socket that is detached is of the transport of the lease', { skip: NO_DESCRIPTORS }, (t) => {
  for (const transport of ['tcp', 'udp', 'both'] as const) {
    const held = leaseSync({ transport });
    t.throws(() => held.detach(undefined, { blocking: 1 as never }), {
      code: 'ERR_PORT_INVALID_TYPE',
      message: /blocking must be true or false, not 1/,
    });
    t.equal(held.released, false);
    const descriptor = held.detach();
    t.strictSame([held.holds('tcp'), held.holds('udp')], [false, transport === 'both']);
    t.equal(canBePlainlyBound(held.port, transport === 'udp' ? 'udp' : 'tcp'), false, 'it is bound still');
    closeSync(descriptor);
    held.release();
  }
  t.end();
});

t.test('on Windows there is no descriptor to give', async (t) => {
  using held = leaseSync();
  t.intercept(process, 'platform', { value: 'win32' });
  for (const use of [() => held.fd, () => held.fds, () => held.detach(), () => held.activate()])
    t.throws(use, { code: 'ERR_PORT_NO_DESCRIPTOR', message: /listen\(\)/ });
  t.equal(held.released, false);
  await t.rejects(ask(held.port, '127.0.0.1'), { code: 'ECONNREFUSED' }, 'nor listens the socket');
});

t.test('what is off is refused before anything is held', async (t) => {
  t.throws(() => leaseSync({ transport: 'sctp' as never }), { name: 'RangeError', message: /sctp/ });
  t.throws(() => leaseManySync(0), { name: 'RangeError', message: /count 0/ });
  await t.rejects(leaseMany(0), { name: 'RangeError', message: /count 0/ });
  t.throws(() => leaseManySync(70000), { name: 'RangeError', message: /count 70000/ });
  t.throws(() => leaseSync(8080 as never), { name: 'TypeError', message: /options .* 8080/ });
  t.throws(() => leaseSync(null as never), { name: 'TypeError', code: 'ERR_PORT_INVALID_TYPE' });
  t.throws(() => leaseSync({ ports: 0 }), { name: 'RangeError' });
  t.throws(() => leaseSync({ exclusive: 1 as never }), { name: 'TypeError', message: /exclusive .* 1/ });
  t.throws(() => leaseSync({ ports: [] }), { name: 'RangeError' });
  t.throws(() => leaseSync({ host: '192.0.2.1' }), { code: 'ERR_PORT_HOST', host: '192.0.2.1' });
  await t.rejects(lease({ host: 'no-such-host.invalid' }), { code: 'ERR_PORT_HOST' });
  const held = leaseSync();
  for (const use of [() => held.release('sctp' as never), () => held.holds('sctp' as never)])
    t.throws(use, { name: 'RangeError', code: 'ERR_PORT_INVALID_VALUE', message: /sctp/ });
  t.throws(() => held.detach('sctp' as never), { name: 'RangeError' });
  const code = NO_DESCRIPTORS === false ? 'ERR_PORT_RELEASED' : 'ERR_PORT_NO_DESCRIPTOR';
  t.throws(() => held.detach('udp'), { code });
  held.release();
});

t.test('a lease that is made by new says what to call instead', (t) => {
  for (const words of [[], [8080], [8080, 1, {}], [8080, {}, { host: '127.0.0.1' }]]) {
    t.throws(() => Reflect.construct(Lease, words), {
      name: 'TypeError',
      code: 'ERR_PORT_INVALID_TYPE',
      message: /call lease\(\), leaseMany\(\)/,
    });
  }
  t.end();
});
