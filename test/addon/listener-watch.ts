import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import t, { type Test } from 'tap';
import { addon } from '../../lib/addon/addon';
import { pickSync } from '../../lib/pick/judged-pick';
import { sleepSync } from '../../lib/timing/sleep';
import { run } from '../support/command';
import { ROOT } from '../support/dist';
import { buildFailCalls } from '../support/fail-calls';
import { NO_SECOND_LOOPBACK, reservePort } from '../support/listen';
import { NO_TABLE } from '../support/no-table';
import { NOT_BESIDE } from '../support/sockets';

const PACE = { steps: [[Infinity, 1]], restPerSweep: 5 } as const;

/** Keeps the process alive for the test, which a watch does not. */
function stayAlive(t: Test): void {
  const timer = setInterval(() => {}, 1000);
  t.teardown(() => clearInterval(timer));
}

/** A program that watches, says so, and has nothing else to do. */
const PROGRAM = `
let onTold;
const addon = require('node-gyp-build')(${JSON.stringify(ROOT)});
addon.watchListeners(${JSON.stringify({ steps: [[1e9, 1]], restPerSweep: 5 })}, () => { console.log('told'); onTold?.(); })
  .add(1, '127.0.0.1', 1);
`;

/** A watch whose states can be waited for: the last of each number. */
function watchStates(t: Test, pace: Parameters<typeof addon.watchListeners>[0] = PACE) {
  stayAlive(t);
  const told: [number, number][] = [];
  let onNews = () => {};
  const watch = addon.watchListeners(pace, (changes) => {
    for (let index = 0; index < changes.length; index += 2)
      told.push([changes[index] ?? -1, changes[index + 1] ?? -1]);
    onNews();
  });
  t.teardown(() => watch?.stop());
  const last = (id: number) => told.findLast(([other]) => other === id)?.[1];
  const until = (id: number, state: number) =>
    new Promise<void>((resolve) => {
      onNews = () => last(id) === state && resolve();
      onNews();
    });
  return { watch, told, until };
}

async function serve(t: Test, port: number, host: string): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {})).listen(port, host);
  t.teardown(() => server.close());
  await once(server, 'listening');
  return server;
}

t.test(
  'a listener is told at first, and when it comes and goes, until the watch ends',
  { skip: NO_TABLE },
  async (t) => {
    const port = reservePort(t);
    const { watch, told, until } = watchStates(t);
    watch?.add(7, '127.0.0.1', port);
    await until(7, 0);
    const server = await serve(t, port, '127.0.0.1');
    await until(7, 1);
    server.close();
    await until(7, 0);
    watch?.stop();
    watch?.stop();
    watch?.hurry();
    watch?.add(8, '127.0.0.1', port);
    await serve(t, port, '127.0.0.1');
    await sleep(50);
    t.strictSame(told, [
      [7, 0],
      [7, 1],
      [7, 0],
    ]);
  },
);

t.test(
  'each address is looked at by itself, few or many',
  { skip: NO_TABLE || NO_SECOND_LOOPBACK },
  async (t) => {
    const ports = Array.from({ length: 30 }, () => reservePort(t));
    const { watch, told, until } = watchStates(t);
    const [first = 0] = ports;
    await serve(t, first, '127.0.0.2');
    watch?.add(0, '127.0.0.1', first);
    watch?.add(1, '127.0.0.2', first);
    await until(0, 0);
    await until(1, 1);
    for (const [index, port] of ports.entries()) watch?.add(10 + index, '127.0.0.1', port);
    await until(39, 0);
    await serve(t, first, '127.0.0.1');
    await until(10, 1);
    t.strictSame(
      told.filter(([id, state]) => id > 1 && state !== 0),
      [[10, 1]],
    );
    watch?.remove(0);
    watch?.remove(0);
  },
);

t.test('what is not watched any more is not told', { skip: NO_TABLE }, async (t) => {
  const [port, other] = [reservePort(t), reservePort(t)];
  const { watch, told, until } = watchStates(t);
  watch?.add(1, '127.0.0.1', port);
  watch?.add(2, '127.0.0.1', other);
  await until(1, 0);
  await until(2, 0);
  watch?.remove(1);
  await serve(t, port, '127.0.0.1');
  await serve(t, other, '127.0.0.1');
  await until(2, 1);
  t.strictSame(
    told.filter(([id]) => id === 1),
    [[1, 0]],
  );
});

t.test('an address in place of another is looked at alone', { skip: NO_TABLE }, async (t) => {
  const [port, other] = [reservePort(t), reservePort(t)];
  const { watch, told, until } = watchStates(t);
  watch?.add(1, '127.0.0.1', port);
  await until(1, 0);
  await serve(t, other, '127.0.0.1');
  watch?.add(1, '127.0.0.1', other);
  await until(1, 1);
  await serve(t, port, '127.0.0.1');
  watch?.add(2, '127.0.0.1', port);
  await until(2, 1);
  t.strictSame(
    told.filter(([id]) => id === 1),
    [
      [1, 0],
      [1, 1],
    ],
  );
});

t.test('a watch that is stopped in time tells nothing', { skip: NO_TABLE || NOT_BESIDE }, async (t) => {
  const { ports, leases } = pickSync(1, { host: '127.0.0.1' }, 'exclusive');
  const [[port = 0], [held]] = [ports, leases];
  if (held === undefined) throw new Error('no port is free');
  const { watch, told, until } = watchStates(t);
  watch?.add(1, '127.0.0.1', port);
  await until(1, 0);
  const { fd } = held.openServer('tcp', '127.0.0.1', false);
  t.teardown(() => closeSync(fd));
  // Its thread learns of the listener before this one comes to hear of it.
  sleepSync(50);
  watch?.stop();
  await sleep(50);
  held.release();
  t.strictSame(told, [[1, 0]]);
});

t.test('a hurried watch looks at once', { skip: NO_TABLE }, async (t) => {
  const port = reservePort(t);
  const { watch, until } = watchStates(t, { steps: [[Infinity, 3_600_000]], restPerSweep: 5 });
  watch?.add(1, '127.0.0.1', port);
  await until(1, 0);
  await serve(t, port, '127.0.0.1');
  watch?.hurry();
  await until(1, 1);
});

t.test('a hurried watch begins its pace anew', { skip: NO_TABLE }, async (t) => {
  const port = reservePort(t);
  const { watch, until } = watchStates(t, {
    steps: [
      [2000, 1],
      [Infinity, 3_600_000],
    ],
    restPerSweep: 5,
  });
  watch?.add(1, '127.0.0.1', port);
  await until(1, 0);
  await sleep(2500);
  watch?.hurry();
  // Behind the look that follows at once.
  await sleep(100);
  await serve(t, port, '127.0.0.1');
  await until(1, 1);
});

t.test('what is no address is refused', { skip: NO_TABLE }, async (t) => {
  const { watch } = watchStates(t);
  t.throws(() => watch?.add(1, 'localhost', 1), { message: /^address: / });
  t.throws(() => watch?.add(1, '::1', 0), { message: /^port: / });
  t.throws(() => watch?.add(-1, '::1', 1), { message: /^id: / });
});

t.test('a watch keeps no process alive, and ends with it', { skip: NO_TABLE }, async (t) => {
  const { code, stderr } = await run(process.execPath, ['-e', PROGRAM]);
  t.strictSame({ code, stderr }, { code: 0, stderr: '' });
  const lasting = await run(process.execPath, [
    '-e',
    `${PROGRAM} setInterval(() => {}, 1000); onTold = () => setTimeout(() => process.exit(3), 100);`,
  ]);
  t.strictSame({ ...lasting, stdout: lasting.stdout.slice(0, 5) }, { code: 3, stderr: '', stdout: 'told\n' });
});

t.test('a watch ends with its worker thread', { skip: NO_TABLE }, async (t) => {
  for (let round = 0; round < 5; round++) {
    const worker = new Worker(`${PROGRAM} setInterval(() => {}, 1000)`, { eval: true, stdout: true });
    await once(worker, 'online');
    await sleep(20 * round);
    t.equal(await worker.terminate(), 1);
  }
  const worker = new Worker(PROGRAM, { eval: true, stdout: true });
  t.strictSame(await once(worker, 'exit'), [0]);
});

const { skip: cannotFail, failCalls } = buildFailCalls(t);

/** Watches an address, and prints what is told of it until the time (ms) is up, or two changes are told. */
const WATCH_FOR = `
const told = [];
const tell = () => {
  console.log(JSON.stringify(told));
  process.exit();
};
const addon = require('node-gyp-build')(${JSON.stringify(ROOT)});
const watch = addon.watchListeners({ steps: [[1e9, 1]], restPerSweep: 5 }, (changes) => {
  if (told.push(...changes.filter((_, index) => index % 2 === 1)) === 2) tell();
});
watch.add(1, '127.0.0.1', 1);
setTimeout(tell, Number(process.argv[1]));
`;

t.test(
  'without a table a watch rests for a second, and then looks again',
  { skip: cannotFail },
  async (t) => {
    const watch = async (patience: number, last: number) =>
      (await run(process.execPath, ['-e', WATCH_FOR, `${patience}`], failCalls('socket', 'EMFILE', 1, last)))
        .stdout;
    // Each look opens two sockets. Without the rest a hundred of them are tried within the time.
    t.equal(await watch(1500, 100), '[-1]\n');
    t.equal(await watch(20_000, 2), '[-1,0]\n');
  },
);
