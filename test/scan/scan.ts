import '../support/alone';

import { getEventListeners } from 'node:events';
import { readdirSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { createServer } from 'node:net';
import t from 'tap';
import { addon } from '../../lib/addon/addon';
import { leaseSync } from '../../lib/lease/lease';
import { selectRandomSync } from '../../lib/pick/pick';
import { PortSet } from '../../lib/ports/port-set';
import type { ScanProgress } from '../../lib/scan/options';
import { scan, scanSync } from '../../lib/scan/scan';
import { HOSTS, listen, portOf, reservePort } from '../support/listen';
import { until } from '../support/program';
import { canBePlainlyBound } from '../support/sockets';
import { IS_WINE } from '../support/wine';

const EVERY_PORT = '1-65535';
const NO_FD: string | false = process.platform === 'linux' ? false : 'only Linux counts descriptors in /proc';
const openDescriptors = () => readdirSync('/proc/self/fd').length;

t.test('a listener, a bound socket and a free port are told apart on every address', async (t) => {
  const free = reservePort(t);
  for (const host of HOSTS) {
    const server = await listen(t, host);
    server.on('connection', (socket) => socket.on('error', () => {}));
    const held = leaseSync({ exclude: free });
    t.teardown(() => held.release());
    const ports = [portOf(server), held.port];
    for (const method of ['bind', 'both'] as const) {
      const { used } = await scan(ports, { method });
      t.strictSame(used, new PortSet(ports), `${host}, ${method}`);
      t.strictSame(scanSync(ports, { method }).used, used, `${host}, ${method}, at once`);
    }
    const { used, free: refused } = await scan(ports, { method: 'connect' });
    t.strictSame([`${used}`, `${refused}`], [`${portOf(server)}`, `${held.port}`], `${host}, connect`);
  }
});

t.test('a scan holds no port while it waits to ask the used ones again', async (t) => {
  const last = selectRandomSync({ ports: '20000-30000' });
  const used = leaseSync({ ports: `10000-${last - 1}` });
  t.teardown(() => used.release());
  const ports = new PortSet([used.port, last]);
  const request = { method: 'bind', ports: ports.bits, hosts: [], transports: ['tcp'] } as const;
  const seen: boolean[] = [];
  // A thread may have to wait for its processor, so that the pause is over before the look.
  for (let round = 0; round < 50 && !seen.includes(true); round++) {
    const job = addon.scan({ ...request, timeout: 1, concurrency: 1, reset: false, skipIfDown: false });
    const patience = performance.now() + 1000;
    while (job.done() < ports.size && performance.now() < patience);
    const asked = performance.now();
    let isFree = canBePlainlyBound(last);
    while (!isFree && performance.now() - asked < 3) isFree = canBePlainlyBound(last);
    if (performance.now() - asked < 5) seen.push(isFree);
    await job.result;
  }
  t.ok(seen.includes(true), `${seen}`);
});

t.test('a UDP socket uses a UDP port alone', async (t) => {
  const held = leaseSync({ transport: 'udp' });
  t.teardown(() => held.release());
  t.equal(`${(await scan(held.port, { transport: 'udp' })).used}`, `${held.port}`);
  t.equal(`${scanSync(held.port, { transport: 'udp', method: 'table' }).used}`, `${held.port}`);
  t.equal(`${scanSync(held.port).free}`, `${held.port}`);
});

// Connections go to ports of our own alone: others may not expect to be reset. What is used for binding, `both` does
// not connect to.
t.test('every port is in exactly one set', async (t) => {
  for (const method of ['bind', 'both', 'table'] as const) {
    const { free, used, denied, filtered } = await scan('1-3000,40000-42000', { method });
    t.equal(free.size + used.size + denied.size + filtered.size, 5001, method);
    t.strictSame(free.union(used).union(denied).union(filtered), new PortSet('1-3000,40000-42000'), method);
  }
});

t.test('progress never goes back and ends at the total', async (t) => {
  // A port takes Wine a millisecond.
  const ports = IS_WINE ? '1-5000' : EVERY_PORT;
  const { size } = new PortSet(ports);
  for (const [method, steps] of [
    ['bind', 1],
    ['both', 2],
    ['table', 1],
  ] as const) {
    const heard: ScanProgress[] = [];
    await scan(ports, { method, host: '127.0.0.1', onProgress: (progress) => heard.push(progress) });
    const done = heard.map(({ done }) => done);
    t.strictSame(
      done,
      done.toSorted((a, b) => a - b),
      method,
    );
    t.ok(
      heard.every(({ total }) => total === steps * size),
      method,
    );
    t.equal(done.at(-1), steps * size, method);
  }
});

t.test('what a progress callback throws ends the scan', async (t) => {
  const fault = new Error('no more');
  const onProgress = () => {
    throw fault;
  };
  await t.rejects(scan(EVERY_PORT, { onProgress }), fault);
  await t.rejects(scan(80, { onProgress, method: 'table' }), fault);
});

t.test('an aborted scan rejects with the reason and lets all go', { skip: NO_FD }, async (t) => {
  await scan('1-3000');
  const before = openDescriptors();
  const reason = new Error('enough');
  await t.rejects(scan(EVERY_PORT, { signal: AbortSignal.abort(reason) }), reason);
  for (const method of ['bind', 'both'] as const) {
    const controller = new AbortController();
    const scanning = scan(EVERY_PORT, { method, signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    await t.rejects(scanning, reason, method);
  }
  await t.rejects(scan(EVERY_PORT, { signal: AbortSignal.timeout(5) }), { name: 'TimeoutError' });
  t.ok(await until(() => openDescriptors() <= before));
});

t.test('an aborted scan can keep what it found', async (t) => {
  for (const method of ['bind', 'both'] as const) {
    const controller = new AbortController();
    const scanning = scan(EVERY_PORT, { method, signal: controller.signal, keepPartial: true });
    setImmediate(() => controller.abort());
    const { isPartial, free, used, denied, filtered } = await scanning;
    t.equal(isPartial, true);
    t.ok(free.size + used.size + denied.size + filtered.size <= 65_535);
  }
  const whole = await scan('8000-8100', { keepPartial: true, signal: new AbortController().signal });
  t.equal(whole.isPartial, undefined);
});

t.test('what the caller’s signal or callback says is passed on as it is', async (t) => {
  const theirs = Object.assign(new Error('theirs'), { errno: -2, syscall: 'open', code: 'ENOENT' });
  const controller = new AbortController();
  const aborted = scan(EVERY_PORT, { signal: controller.signal });
  setImmediate(() => controller.abort(theirs));
  t.equal(await aborted.catch((error: unknown) => error), theirs);
  const onProgress = () => {
    throw theirs;
  };
  t.equal(await scan(EVERY_PORT, { onProgress }).catch((error: unknown) => error), theirs);
});

t.test('a scan is aborted while its host is looked up, too', async (t) => {
  const resolver = require('node:dns') as typeof import('node:dns');
  const { lookup } = resolver;
  Object.assign(resolver, { lookup: () => {} });
  syncBuiltinESMExports();
  t.teardown(() => {
    Object.assign(resolver, { lookup });
    syncBuiltinESMExports();
  });
  const controller = new AbortController();
  const reason = new Error('enough');
  setTimeout(() => controller.abort(reason), 20);
  await t.rejects(scan(80, { host: 'slow.invalid', signal: controller.signal }), reason);
});

t.test('a signal that is never aborted keeps nothing of the scan', async (t) => {
  const { signal } = new AbortController();
  await scan('8000-8100', { signal });
  t.strictSame(getEventListeners(signal, 'abort'), []);
});

t.test('many scans, one after the other and at once, keep nothing', { skip: NO_FD }, async (t) => {
  const counts = () => [openDescriptors(), readdirSync('/proc/self/task').length];
  await Promise.all(Array.from({ length: 8 }, () => scan('1-3000')));
  const before = counts();
  for (let round = 0; round < 50; round++) await scan('8000-8200');
  await Promise.all(Array.from({ length: 20 }, () => scan('1-1000')));
  t.ok(
    await until(() => counts().every((count, index) => count <= (before[index] ?? 0))),
    `${counts()} after ${before}`,
  );
});

t.test('a host that has no address is an error', async (t) => {
  await t.rejects(scan(80, { host: 'no-such-host.invalid' }), {
    code: 'ERR_PORT_HOST',
    host: 'no-such-host.invalid',
  });
  t.throws(() => scanSync(80, { host: 'far.example' }), { code: 'ERR_PORT_HOST', message: /without Sync/ });
  t.throws(() => scanSync(80, { host: '192.0.2.1' }), { code: 'ERR_PORT_HOST' });
});

t.test(
  'each step asks what no step before found used, and one that finds a port used is enough',
  async (t) => {
    const asked: string[] = [];
    const answers: Record<string, string>[] = [
      { free: '7000-7003', used: '7004', denied: '7005', filtered: '' },
      { free: '7000-7001', used: '7002', denied: '7005', filtered: '7003', unreachable: '7003' },
      { free: '7000', used: '7001', denied: '', filtered: '7003,7005', unreachable: '7005' },
    ];
    const { scan } = t.mockRequire<typeof import('../../lib/scan/scan')>('../../lib/scan/scan', {
      '../../lib/scan/plan': {
        planScan: () => [{ method: 'bind' }, { method: 'connect' }, { method: 'connect' }],
      },
      '../../lib/scan/step': {
        runStep: async (
          { ports }: { ports: Uint8Array },
          _: unknown,
          report: (done: number, asked: number) => void,
        ) => {
          const index = asked.length;
          asked.push(`${PortSet.fromBits(ports)}`);
          report(3, 4);
          const set = (name: string) => new PortSet(answers[index]?.[name] || []).bits;
          return Object.fromEntries(
            ['free', 'used', 'denied', 'filtered', 'unreachable'].map((name) => [name, set(name)]),
          );
        },
      },
    });
    const progress: object[] = [];
    const found = await scan('7000-7005', { onProgress: (one) => progress.push(one) });
    t.strictSame(asked, ['7000-7005', '7000-7003,7005', '7000-7001,7003,7005']);
    t.strictSame(Object.fromEntries(Object.entries(found).map(([name, set]) => [name, `${set}`])), {
      free: '7000',
      used: '7001-7002,7004',
      denied: '7005',
      filtered: '7003',
      unreachable: '7003',
    });
    t.strictSame(progress, [
      { done: 3, total: 18, asked: 4 },
      { done: 9, total: 18, asked: 10 },
      { done: 15, total: 18, asked: 16 },
      { done: 18, total: 18, asked: 18 },
    ]);
  },
);

t.test('a server that speaks without end is left after some seconds', async (t) => {
  let close = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const speaking = setInterval(() => socket.write('and '), 20);
    socket
      .on('error', () => {})
      .on('close', () => {
        clearInterval(speaking);
        close();
      })
      .resume();
  });
  await listen(t, '127.0.0.1', 0, server);
  const { used } = await scan(portOf(server), { method: 'connect', host: '127.0.0.1' });
  t.equal(used.size, 1);
  await closed;
});
