import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { HostPort } from '../../lib/wait/host-port';
import { free, occupied } from '../../lib/wait/wait';
import { close, listen, portOf, reservePort } from '../support/listen';
import { IS_WINE } from '../support/wine';

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
}

t.test('a wait for 200 ports that open in random order ends when the last one opens', async (t) => {
  const ports = Array.from({ length: 200 }, () => reservePort(t));
  let isDone = false;
  const wait = occupied(ports.map((port) => ({ host: '127.0.0.1', port }))).then(() => {
    isDone = true;
  });
  const order = shuffled(ports);
  for (const port of order.slice(1)) {
    await listen(t, '127.0.0.1', port);
    if (Math.random() < 0.2) await sleep(1);
  }
  await sleep(50);
  t.equal(isDone, false);
  await listen(t, '127.0.0.1', order[0]);
  await wait;
});

t.test('a wait for many ports to be free ends when the last one closes', async (t) => {
  const servers = await Promise.all(Array.from({ length: 30 }, () => listen(t, '127.0.0.1')));
  let isDone = false;
  const wait = free(servers.map((server) => HostPort.fromAddress(server.address()))).then(() => {
    isDone = true;
  });
  const [last, ...others] = shuffled(servers);
  await Promise.all(others.map(close));
  await sleep(50);
  t.equal(isDone, false);
  if (last) await close(last);
  await wait;
});

t.test('when the time is up, the error lists those that were not', async (t) => {
  const server = await listen(t, '127.0.0.1');
  const open = portOf(server);
  const [a, b] = [reservePort(t), reservePort(t)];
  // The first connection takes longer than 30 ms under Wine, and seconds where the machine is busy besides.
  const timeout = IS_WINE ? 10_000 : 30;
  await t.rejects(occupied([`127.0.0.1:${a}`, `127.0.0.1:${open}`, ['127.0.0.1', b]], { timeout }), {
    message: `2 of 3 ports not bound: 127.0.0.1:${a}, 127.0.0.1:${b}.`,
    pending: [
      { host: '127.0.0.1', port: a },
      { host: '127.0.0.1', port: b },
    ],
  });
  await t.rejects(free([`127.0.0.1:${a}`, `127.0.0.1:${open}`], { timeout: 0 }), {
    message: `1 of 2 ports not free: 127.0.0.1:${open}.`,
    pending: [{ host: '127.0.0.1', port: open }],
  });
});

t.test('a long list is cut short in the message, not in the error', async (t) => {
  const ports = Array.from({ length: 15 }, () => reservePort(t));
  const error: unknown = await occupied(
    ports.map((port) => ['127.0.0.1', port] as const),
    { timeout: 0 },
  ).catch((error: unknown) => error);
  const named = ports.slice(0, 10).map((port) => `127.0.0.1:${port}`);
  t.match(error, { message: `15 of 15 ports not bound: ${named.join(', ')} and 5 more.` });
  t.match(error, { pending: ports.map((port) => ({ port })) });
});

t.test('no target is never waited for, and one twice only once', async (t) => {
  await occupied([]);
  await free([]);
  const server = await listen(t, '127.0.0.1');
  const target = HostPort.fromAddress(server.address());
  await occupied([target, target, `${target}`]);
  await close(server);
  await free([target, target]);
});

t.test('waits for the same port do not disturb each other', async (t) => {
  const server = await listen(t, '127.0.0.1');
  const port = portOf(server);
  const controller = new AbortController();
  const ended = [
    t.rejects(free('127.0.0.1', port, { timeout: 10 }), { code: 'ERR_PORT_TIMEOUT' }),
    t.rejects(free('127.0.0.1', port, { signal: controller.signal }), { name: 'AbortError' }),
  ];
  const waits = [free('127.0.0.1', port), free('localhost', port), free('127.0.0.1', port)];
  await occupied('127.0.0.1', port);
  controller.abort();
  await Promise.all(ended);
  await close(server);
  await Promise.all(waits);
});

t.test('a thousand waits at once warn of nothing and all end', async (t) => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  t.teardown(() => process.off('warning', note));
  const controller = new AbortController();
  const waits = Array.from({ length: 1000 }, (_, index) =>
    occupied('localhost', index + 1, { signal: controller.signal }).then(
      () => 'occupied',
      () => 'aborted',
    ),
  );
  await sleep(300);
  controller.abort();
  t.ok((await Promise.all(waits)).filter((end) => end === 'aborted').length > 900);
  t.strictSame(warnings, []);
});
