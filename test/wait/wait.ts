import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { PortTimeoutError } from '../../lib/wait/errors';
import { HostPort } from '../../lib/wait/host-port';
import type { WaitAttempt } from '../../lib/wait/options';
import { free, occupied } from '../../lib/wait/wait';
import { SPELLINGS_OF_MAPPED } from '../support/addresses';
import { close, HOSTS, listen, NO_IPV6, NO_SECOND_LOOPBACK, portOf, reservePort } from '../support/listen';

const NOW = { timeout: 0 };

/** Whether a promise is still pending after some time. */
async function isPending(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return Promise.race([promise.then(() => false), sleep(ms, true)]);
}

for (const host of HOSTS) {
  t.test(`a server on ${host} is seen there and at localhost, and so is its end`, async (t) => {
    const server = await listen(t, host);
    const port = portOf(server);
    for (const name of [host, 'localhost', 'LOCALHOST.']) {
      await occupied(name, port);
      await occupied(name, port, NOW);
      await t.rejects(free(name, port, NOW), { message: `Port ${port} not free on ${name}.` });
    }
    const ends = [host, 'localhost'].map((name) => free(name, port));
    t.equal(await isPending(Promise.race(ends), 50), true);
    await close(server);
    await Promise.all(ends);
    for (const name of [host, 'localhost']) {
      await free(name, port, NOW);
      await t.rejects(occupied(name, port, NOW), { message: `Port ${port} not bound on ${name}.` });
    }
  });

  t.test(`a server that comes late on ${host} is waited for there and at localhost`, async (t) => {
    const port = reservePort(t);
    const waits = [host, 'localhost'].map((name) => occupied(name, port));
    t.equal(await isPending(Promise.race(waits), 50), true);
    await listen(t, host, port);
    await Promise.all(waits);
  });
}

t.test('a server on one family is no server on the other', { skip: NO_IPV6 }, async (t) => {
  const server = await listen(t, '::1');
  await free('127.0.0.1', portOf(server), NOW);
  await t.rejects(occupied('0.0.0.0', portOf(server), NOW), PortTimeoutError);
  await occupied('0:0:0:0:0:0:0:1', portOf(server), NOW);
});

t.test('an IPv4 address in IPv6 form is the IPv4 address', async (t) => {
  const server = await listen(t, '127.0.0.1');
  const addresses: (string | undefined)[] = [];
  const onAttempt = ({ address }: WaitAttempt) => addresses.push(address);
  for (const host of SPELLINGS_OF_MAPPED) {
    await occupied(host, portOf(server), { timeout: 0, onAttempt });
    await t.rejects(free(host, portOf(server), NOW), {
      message: `Port ${portOf(server)} not free on ${host}.`,
    });
  }
  t.strictSame(new Set(addresses), new Set(['127.0.0.1']));
});

t.test('localhost is not free while a server moves between its addresses', { skip: NO_IPV6 }, async (t) => {
  const first = await listen(t, '127.0.0.1');
  const wait = free('localhost', portOf(first));
  t.equal(await isPending(wait, 20), true);
  const second = await listen(t, '::1', portOf(first));
  await close(first);
  t.equal(await isPending(wait, 100), true);
  await close(second);
  await wait;
});

t.test('a listener on another address is not taken for this one', { skip: NO_SECOND_LOOPBACK }, async (t) => {
  const other = await listen(t, '127.0.0.2');
  const port = portOf(other);
  await free('127.0.0.1', port, NOW);
  const wait = occupied('127.0.0.1', port);
  t.equal(await isPending(wait, 100), true);
  const server = await listen(t, '127.0.0.1', port);
  await wait;
  const end = free('127.0.0.1', port);
  t.equal(await isPending(end, 50), true);
  await close(server);
  await end;
});

t.test('the time limit is kept, and the error tells of it', async (t) => {
  const port = reservePort(t);
  const error = await occupied('localhost', port, { timeout: 20 }).catch((error: unknown) => error);
  t.type(error, PortTimeoutError);
  t.match(error, {
    name: 'PortTimeoutError',
    code: 'ERR_PORT_TIMEOUT',
    message: `Port ${port} not bound on localhost.`,
    state: 'occupied',
    host: 'localhost',
    port,
    pending: [new HostPort('localhost', port)],
  });
  const server = await listen(t, '127.0.0.1');
  const busy = await free('127.0.0.1', portOf(server), { timeout: 20 }).catch((error: unknown) => error);
  t.match(busy, { code: 'ERR_PORT_TIMEOUT', state: 'free', port: portOf(server) });
});

t.test('an event loop that was busy past the time limit does not make an open port closed', async (t) => {
  const server = await listen(t, '127.0.0.1');
  for (const timeout of [0, 5]) {
    for (const steady of [undefined, 20]) {
      const wait = occupied('127.0.0.1', portOf(server), { timeout, steady });
      await new Promise((resolve) => process.nextTick(resolve));
      const end = performance.now() + 250;
      while (performance.now() < end);
      await wait;
    }
  }
});

t.test('a time limit longer than a timer can count does not wrap around', async (t) => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  t.teardown(() => process.off('warning', note));
  const port = reservePort(t);
  for (const timeout of [2 ** 31, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER, Infinity]) {
    const controller = new AbortController();
    const wait = occupied('localhost', port, { timeout, attemptTimeout: timeout, signal: controller.signal });
    t.equal(await isPending(wait, 30), true, `${timeout}`);
    controller.abort();
    await t.rejects(wait, { name: 'AbortError' });
  }
  t.strictSame(warnings, []);
});

t.test('an aborted wait rejects with the reason, at once', async (t) => {
  const port = reservePort(t);
  const reason = new Error('enough');
  await t.rejects(occupied('localhost', port, { signal: AbortSignal.abort(reason) }), reason);
  const server = await listen(t, '127.0.0.1');
  await t.rejects(occupied('127.0.0.1', portOf(server), { signal: AbortSignal.abort(reason) }), reason);
  const controller = new AbortController();
  const wait = occupied('localhost', port, { signal: controller.signal });
  setImmediate(() => controller.abort(reason));
  await t.rejects(wait, reason);
});

t.test('each attempt can be watched', async (t) => {
  const port = reservePort(t);
  const attempts: WaitAttempt[] = [];
  const onAttempt = (attempt: WaitAttempt) => attempts.push(attempt);
  await t.rejects(occupied('127.0.0.1', port, { timeout: 10, onAttempt }), PortTimeoutError);
  t.match(attempts[0], {
    target: { host: '127.0.0.1', port },
    address: '127.0.0.1',
    accepted: false,
    reason: 'ECONNREFUSED',
  });
  const server = await listen(t, '127.0.0.1');
  await occupied('127.0.0.1', portOf(server), { onAttempt });
  t.match(attempts.at(-1), { target: { port: portOf(server) }, accepted: true, reason: '' });
  const fault = new Error('of the watcher');
  const onFault = () => {
    throw fault;
  };
  await t.rejects(occupied('127.0.0.1', portOf(server), { onAttempt: onFault }), fault);
});

t.test('bad arguments are refused by name and value', async (t) => {
  const missing = { code: 'ERR_PORT_INVALID_VALUE', message: "Host values of '' or null are not allowed." };
  for (const wait of [free, occupied] as ((...words: unknown[]) => Promise<void>)[]) {
    for (const words of [['', 80], [null, 80], [undefined, 80], [''], [null], []])
      await t.rejects(wait(...words), missing);
    await t.rejects(wait('localhost', 0), { message: 'port 0 is out of range' });
    await t.rejects(wait('localhost', 65536), RangeError);
    await t.rejects(wait('localhost', '80'), {
      name: 'TypeError',
      message: 'port must be a number, not "80"',
    });
    await t.rejects(wait('localhost', null), TypeError);
    await t.rejects(wait('localhost'), { message: 'target "localhost" is not HOST:PORT' });
    await t.rejects(wait(['localhost:80', ':80']), { message: 'target ":80"' });
    await t.rejects(wait(80), TypeError);
    for (const [option, value] of [
      ['timeout', -1],
      ['timeout', Number.NaN],
      ['timeout', '1'],
      ['timeout', null],
      ['attemptTimeout', 0],
      ['signal', {}],
      ['onAttempt', 1],
    ] as const) {
      await t.rejects(wait('localhost', 80, { [option]: value }), { message: new RegExp(`^${option} `) });
    }
    await t.rejects(wait(['localhost:80'], null), { message: /^options must be .* not null/ });
    await t.rejects(wait('fe80::1', 80), { code: 'ERR_PORT_HOST', message: /link-local/ });
    await t.rejects(wait('localhost', 80, null), TypeError);
    await t.rejects(wait('localhost', 80, 5), TypeError);
  }
});

t.test('nothing listens to a signal after the last wait on it', async (t) => {
  const { signal } = new AbortController();
  const server = await listen(t, '127.0.0.1');
  const closed = reservePort(t);
  for (let round = 0; round < 3; round++) {
    await occupied('127.0.0.1', portOf(server), { signal });
    await t.rejects(occupied('127.0.0.1', closed, { signal, timeout: 10 }));
  }
  t.equal(getEventListeners(signal, 'abort').length, 0);
});
