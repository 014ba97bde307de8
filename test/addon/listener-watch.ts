import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import t, { type Test } from 'tap';
import { addon } from '../../lib/addon/addon';
import { PortSet } from '../../lib/ports/port-set';
import type { PortBits } from '../../lib/ports/port-spec';
import { run } from '../support/command';
import { ROOT } from '../support/dist';
import { reservePort } from '../support/listen';
import { NO_TABLE } from '../support/no-table';

const PACE = { steps: [[Infinity, 1]], restPerSweep: 5 } as const;

/** Keeps the process alive for the test, which a watch does not. */
function stayAlive(t: Test): void {
  const timer = setInterval(() => {}, 1000);
  t.teardown(() => clearInterval(timer));
}

/** A program that watches, says so, and has nothing else to do. */
const PROGRAM = `
const addon = require('node-gyp-build')(${JSON.stringify(ROOT)});
addon.watchListeners(${JSON.stringify({ steps: [[1e9, 1]], restPerSweep: 5 })}, () => console.log('told'));
`;

t.test(
  'the listening ports are told at first, and when they change, until the watch ends',
  { skip: NO_TABLE },
  async (t) => {
    stayAlive(t);
    const port = reservePort(t);
    const told: boolean[] = [];
    let onNews = () => {};
    const watch = addon.watchListeners(PACE, (bits: PortBits | undefined) => {
      const isListedNow = bits !== undefined && PortSet.fromBits(bits).has(port);
      if (isListedNow !== told.at(-1)) told.push(isListedNow);
      onNews();
    });
    const news = (wanted: boolean) =>
      new Promise<void>((resolve) => {
        onNews = () => told.at(-1) === wanted && resolve();
        onNews();
      });
    await news(false);
    const server = createServer((socket) => socket.on('error', () => {})).listen(port, '127.0.0.1');
    await news(true);
    server.close();
    await news(false);
    watch?.stop();
    watch?.stop();
    watch?.hurry();
    const again = createServer((socket) => socket.on('error', () => {})).listen(port, '127.0.0.1');
    t.teardown(() => again.close());
    await once(again, 'listening');
    await sleep(50);
    t.strictSame(told, [false, true, false]);
  },
);

t.test('a hurried watch looks at once', { skip: NO_TABLE }, async (t) => {
  stayAlive(t);
  let count = 0;
  let onNews = () => {};
  const watch = addon.watchListeners({ steps: [[Infinity, 3_600_000]], restPerSweep: 5 }, () => {
    count++;
    onNews();
  });
  t.teardown(() => watch?.stop());
  while (count === 0) await sleep(5);
  const server = createServer((socket) => socket.on('error', () => {})).listen(reservePort(t), '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const heard = new Promise<void>((resolve) => {
    onNews = resolve;
  });
  watch?.hurry();
  await heard;
});

t.test('a watch keeps no process alive, and ends with it', { skip: NO_TABLE }, async (t) => {
  const { code, stderr } = await run(process.execPath, ['-e', PROGRAM]);
  t.strictSame({ code, stderr }, { code: 0, stderr: '' });
  const lasting = await run(process.execPath, ['-e', `${PROGRAM} setTimeout(() => process.exit(3), 100)`]);
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
