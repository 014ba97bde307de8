import '../support/alone';

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { scan } from '../../lib/scan/scan';
import { occupied } from '../../lib/wait/wait';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { buildFailCalls } from '../support/fail-calls';

const NO_LIMIT = process.platform === 'win32' ? 'no ulimit' : false;

/** Runs a program on the built package, which may open so many descriptors. */
async function runLimited(limit: number, program: string, ...words: string[]): Promise<string> {
  const node = [process.execPath, '-e', program, distPath('index.js'), ...words];
  const { code, stdout, stderr } = await run('sh', ['-c', `ulimit -n ${limit}; exec "$@"`, 'sh', ...node]);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

/** A server that notices a client's end late, and then speaks; with the errors that its connections met. */
async function startLateServer(t: Test, pause: number): Promise<{ port: number; errors: string[] }> {
  const errors: string[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', ({ message }) => errors.push(message));
    setTimeout(() => socket.end('220 late\r\n'), pause);
  });
  server.listen(0, '127.0.0.1', 4096);
  await once(server, 'listening');
  t.teardown(() => server.close());
  return { port: (server.address() as AddressInfo).port, errors };
}

const ASK_AGAIN_AND_AGAIN = `
const { Checker } = require(process.argv[1]);
const checker = new Checker();
(async () => {
  let refusals = 0;
  for (let round = 0; round < 1500; round++)
    await checker.assertFree('127.0.0.1', Number(process.argv[2])).catch(() => refusals++);
  console.log(refusals);
})();
`;

t.test(
  'more waits than connections can be kept for are slowed down, and reset nobody',
  {
    skip: NO_LIMIT,
  },
  async (t) => {
    const { port, errors } = await startLateServer(t, 1200);
    t.equal(await runLimited(1300, ASK_AGAIN_AND_AGAIN, `${port}`), '1500');
    t.strictSame(errors, []);
  },
);

const ASK_MANY_AND_ABORT = `
const { Checker, free } = require(process.argv[1]);
const { createServer } = require('node:net');
const [open, closed] = process.argv.slice(2).map(Number);
(async () => {
  const checker = new Checker();
  for (let round = 0; round < 1000; round++) await checker.assertFree('127.0.0.1', open).catch(() => {});
  const controller = new AbortController();
  const aborted = free('127.0.0.1', open, { signal: controller.signal }).catch(({ name }) => name);
  controller.abort();
  // Those that were refused leave nothing whose end would let the next one begin.
  const checks = Array.from({ length: 50 }, () => checker.assertFree('127.0.0.1', closed).then(() => 'free'));
  console.log(await aborted, new Set(await Promise.all(checks)));
})();
`;

t.test('waits that were held back go on, and can be aborted meanwhile', { skip: NO_LIMIT }, async (t) => {
  const { port, errors } = await startLateServer(t, 1500);
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const closedPort = (closed.address() as AddressInfo).port;
  closed.close();
  t.equal(
    await runLimited(1300, ASK_MANY_AND_ABORT, `${port}`, `${closedPort}`),
    "AbortError Set(1) { 'free' }",
  );
  t.strictSame(errors, []);
});

const SCAN = `
const { scan } = require(process.argv[1]);
const ports = process.argv[2];
scan(ports, { host: '127.0.0.1', method: 'connect' }).then(({ used }) => console.log(used.size));
`;

t.test(
  'a scan of more servers than it can keep connections for resets none',
  {
    skip: NO_LIMIT,
  },
  async (t) => {
    const servers = await Promise.all(Array.from({ length: 150 }, () => startLateServer(t, 300)));
    const ports = servers.map(({ port }) => port).join(',');
    t.equal(await runLimited(200, SCAN, ports), '150');
    await sleep(400);
    t.strictSame(
      servers.flatMap(({ errors }) => errors),
      [],
    );
  },
);

t.test('what a server says to who asked is read to its end', async (t) => {
  const speech = Buffer.alloc(16 << 20, 'x');
  const errors: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', ({ message }) => errors.push(message));
    socket.end(speech);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const isHeardOut = once(server, 'connection').then(([socket]) => once(socket as Socket, 'finish'));
  await occupied('127.0.0.1', port, { timeout: 5000 });
  t.ok(await Promise.race([isHeardOut, sleep(10_000, false, { ref: false })]));
  t.strictSame(errors, []);
});

const SCAN_AND_END = `
const { scanSync } = require(process.argv[1]);
console.log(scanSync(process.argv[2], { method: 'connect', host: '127.0.0.1' }).used.size);
`;

/** A process that ends gives up a server that says nothing for 400 ms, and one that speaks after two seconds. */
const MOST_REST = 300;
const MOST_TALK = 1800;

/** A server that greets again and again, `times` times, whatever its client does; with what its connections met. */
async function startChattyServer(t: Test, times: number, pause: number) {
  const errors: string[] = [];
  let isLate = false;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let left = times;
    const begun = performance.now();
    let spoken = begun;
    const chat = setInterval(() => {
      const now = performance.now();
      isLate ||= now - spoken > MOST_REST || now - begun > MOST_TALK;
      spoken = now;
      if (left-- > 0) socket.write('220 hi\r\n');
      else socket.end();
    }, pause);
    socket
      .on('error', ({ message }) => errors.push(message))
      .on('close', () => clearInterval(chat))
      .resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return { port: (server.address() as AddressInfo).port, errors, wasLate: () => isLate };
}

/** What the connections of such a server met, which is asked again where a busy machine made it late. */
async function errorsInTime(
  t: Test,
  times: number,
  pause: number,
  ask: (port: number) => Promise<void>,
): Promise<string[]> {
  for (let tries = 1; ; tries++) {
    const { port, errors, wasLate } = await startChattyServer(t, times, pause);
    await ask(port);
    await sleep(500);
    if (tries === 4 || !wasLate()) return errors;
  }
}

/** Scans the port in a process that ends then. */
async function scanAndEnd(
  t: Test,
  port: number,
  settings: Record<string, string> = {},
  program = SCAN_AND_END,
): Promise<void> {
  const words = ['-e', program, distPath('index.js'), `${port}`];
  t.strictSame(await run(process.execPath, words, settings, 20_000), { code: 0, stdout: '1\n', stderr: '' });
}

t.test('a process that ends hears out a server that speaks', async (t) => {
  // More than 400 ms after the connection, and less than 2 s.
  t.strictSame(await errorsInTime(t, 12, 60, (port) => scanAndEnd(t, port)), []);
});

t.test('but not for ever', async (t) => {
  const { port } = await startChattyServer(t, Infinity, 50);
  await scanAndEnd(t, port);
});

t.test('a server that speaks for a while is heard out while the process goes on', async (t) => {
  const { port, errors } = await startChattyServer(t, 7, 200);
  const { used } = await scan(port, { method: 'connect', host: '127.0.0.1' });
  t.equal(used.size, 1);
  await sleep(2000);
  t.strictSame(errors, []);
});

const { skip: cannotFail, failCalls } = buildFailCalls(t);

t.test('without a thread for it a server is heard out too', { skip: cannotFail }, async (t) => {
  const ask = (port: number) => scanAndEnd(t, port, failCalls('pthread_create', 'EAGAIN'));
  t.strictSame(await errorsInTime(t, 12, 60, ask), []);
});

const WAIT_AND_END = `
require(process.argv[1]).occupied('127.0.0.1', Number(process.argv[2])).then(() => {
  console.log(1);
  process.exit();
});
`;

t.test('a signal ends no farewell', { skip: cannotFail }, async (t) => {
  for (const [call, program] of [
    ['recv', SCAN_AND_END],
    ['poll', WAIT_AND_END],
  ] as const) {
    // A server that is late, on a busy machine, is not waited for.
    const heard: string[][] = [];
    while (heard.length < 4 && heard.at(-1)?.length !== 0) {
      const { port, errors } = await startChattyServer(t, 5, 15);
      await scanAndEnd(t, port, failCalls(call, 'EINTR', 1, 3), program);
      await sleep(200);
      heard.push(errors);
    }
    t.strictSame(heard.at(-1), [], call);
  }
});
