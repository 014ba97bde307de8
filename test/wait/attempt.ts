import '../support/alone';

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import type { Answer } from '../../lib/wait/answer';
import { attempt } from '../../lib/wait/attempt';
import { Checker } from '../../lib/wait/checker';
import { free, occupied } from '../../lib/wait/wait';
import { listen, NO_IPV6, portOf, reservePort } from '../support/listen';
import { NO_UNIX_SOCKETS, socketPath } from '../support/sockets';
import { IS_WINE } from '../support/wine';

function dial(address: string, port: number, limit = 1000): Promise<Answer> {
  return new Promise((resolve) => attempt({ host: address, port }, limit, resolve));
}

t.test('an attempt tells whether somebody listens', async (t) => {
  for (const address of NO_IPV6 ? ['127.0.0.1'] : ['127.0.0.1', '::1']) {
    const port = reservePort(t);
    t.strictSame(await dial(address, port), { verdict: 'closed', reason: 'ECONNREFUSED' });
    await listen(t, address, port);
    t.strictSame(await dial(address, port), { verdict: 'ready', reason: '' });
  }
});

t.test('a cancelled attempt gives no answer', async (t) => {
  const server = await listen(t, '127.0.0.1');
  const answers: Answer[] = [];
  attempt({ host: '127.0.0.1', port: portOf(server) }, 1000, (answer) => answers.push(answer)).cancel();
  await sleep(50);
  t.strictSame(answers, []);
});

/** Resets each connection as soon as it is made, and counts them in `shared`. */
const RESETTING = `
const { workerData: { shared }, parentPort } = require('node:worker_threads');
const server = require('node:net').createServer((socket) => {
  socket.resetAndDestroy();
  Atomics.add(shared, 0, 1);
  Atomics.notify(shared, 0);
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;

t.test('a server that resets before its client knows that it is connected is there', async (t) => {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(RESETTING, { eval: true, workerData: { shared }, execArgv: [] });
  t.teardown(() => worker.terminate());
  const [port] = await once(worker, 'message');
  const answer = dial('127.0.0.1', port);
  // Node connects in the next tick; the event loop then stands still until the reset is there.
  await new Promise((resolve) => process.nextTick(resolve));
  t.equal(Atomics.wait(shared, 0, 0, 10_000) === 'timed-out', false);
  t.strictSame(await answer, { verdict: 'ready', reason: '' });
});

const HABITS: Record<string, (socket: Socket) => void> = {
  'says nothing': () => {},
  reads: (socket) => socket.resume(),
  greets: (socket) => socket.write('220 ready\r\n'),
  'greets and hangs up': (socket) => socket.end('bye\r\n'),
  'keeps its end open': (socket) => {
    socket.allowHalfOpen = true;
  },
};

for (const [habit, behave] of Object.entries(HABITS)) {
  t.test(`a server that ${habit}, and handles no errors of a connection, sees none`, async (t) => {
    let count = 0;
    const server = createServer((socket) => {
      count++;
      behave(socket);
      // Without a listener this would be an uncaught exception.
      socket.once('error', (error) => t.fail(error.message));
    });
    t.teardown(() => server.close());
    server.listen({ host: '127.0.0.1', port: reservePort(t) });
    await once(server, 'listening');
    for (let round = 0; round < 20; round++)
      t.equal((await dial('127.0.0.1', portOf(server))).verdict, 'ready');
    while (count < 20) await sleep(5);
    const connections = () => new Promise((resolve) => server.getConnections((_, number) => resolve(number)));
    while (habit !== 'keeps its end open' && (await connections()) !== 0) await sleep(5);
  });
}

t.test('with steady, a connection that is closed at once is not ready', async (t) => {
  const proxy = createServer((socket) => socket.destroy());
  await listen(t, '127.0.0.1', undefined, proxy);
  const target = `127.0.0.1:${portOf(proxy)}`;
  await occupied(target, { timeout: 0 });
  await t.rejects(occupied(target, { timeout: 0, steady: 50 }), {
    message: new RegExp(
      `^Port ${portOf(proxy)} not bound on 127.0.0.1: closed the connection after \\d+ ms\\.$`,
    ),
  });
  const polite = createServer((socket) => socket.end());
  await listen(t, '127.0.0.1', undefined, polite);
  await t.rejects(occupied('127.0.0.1', portOf(polite), { timeout: 0, steady: 50 }), {
    message: /closed the/,
  });
});

/** The first connection has 80 ms even without it, ms; under Wine it takes longer where the machine is busy. */
const TIMEOUT = IS_WINE ? 10_000 : 0;

t.test('with steady, a connection that lasts is ready, and one whose server speaks at once', async (t) => {
  const silent = await listen(t, '127.0.0.1');
  const start = performance.now();
  await occupied('127.0.0.1', portOf(silent), { timeout: TIMEOUT, steady: 60 });
  t.ok(performance.now() - start >= 59);
  const greeting = createServer((socket) => socket.end('220 ready\r\n'));
  await listen(t, '127.0.0.1', undefined, greeting);
  await occupied('127.0.0.1', portOf(greeting), { timeout: TIMEOUT, steady: 600_000 });
});

t.test('a proxy whose backend comes late is waited for', async (t) => {
  const backend = reservePort(t);
  const proxy = createServer((socket) => {
    const behind = connect(backend, '127.0.0.1');
    const end = () => socket.destroy();
    behind
      .on('error', end)
      .on('close', end)
      .pipe(socket)
      .on('error', () => behind.destroy())
      .pipe(behind);
  });
  await listen(t, '127.0.0.1', undefined, proxy);
  let isReady = false;
  const wait = occupied('127.0.0.1', portOf(proxy), { steady: 300 }).then(() => {
    isReady = true;
  });
  await sleep(100);
  t.equal(isReady, false);
  await listen(t, '127.0.0.1', backend);
  await wait;
});

t.test('a Unix socket can be waited for', { skip: NO_UNIX_SOCKETS }, async (t) => {
  const target = `unix:${socketPath(t)}`;
  await free(target, { timeout: 0 });
  await new Checker().assertFree(target);
  const wait = occupied(target);
  await sleep(20);
  const server = createServer().listen(target.slice('unix:'.length));
  await wait;
  await t.rejects(free(target, { timeout: 0 }), { message: `${target} not free.` });
  await t.rejects(new Checker().assertFree(target), { message: `${target} is in use.` });
  const end = free(target);
  server.close();
  await end;
});
