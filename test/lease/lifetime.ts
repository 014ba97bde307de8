import '../support/alone';

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { lease, leaseManySync, leaseSync } from '../../lib/lease/lease';
import { sleepSync } from '../../lib/timing/sleep';
import { collectGarbage } from '../support/collect-garbage';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { NO_DESCRIPTORS } from '../support/hand-over';
import { hear, startProcess, startWorker, until } from '../support/program';
import { canBePlainlyBound } from '../support/sockets';

t.test('a lost lease lets the port go, and all that are lost give one warning', async (t) => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  t.teardown(() => process.removeListener('warning', onWarning));

  const kept = leaseSync();
  const ports = [...loseLeases(3), ...loseLeases(2)];
  for (let round = 0; round < 100 && !ports.every((port) => canBePlainlyBound(port)); round++) {
    await collectGarbage();
  }
  for (const port of ports) t.equal(canBePlainlyBound(port), true);
  t.equal(canBePlainlyBound(kept.port), false);
  t.equal(warnings.length, 1);
  t.match(warnings, [
    {
      name: 'LostLeaseWarning',
      code: 'PORT_LEASE_LOST',
      message: /lease of port \d+ was lost without release/,
    },
  ]);
  kept.release();
});

/** Forgets leases and has their garbage collected; `then` is told as soon as the process has warned, or at last. */
const FORGET = `
const portFor = require(process.argv[1]);
require('node:v8').setFlagsFromString('--expose-gc');
const gc = require('node:vm').runInNewContext('gc');
let warning = 'none';
process.on('warning', ({ name }) => (warning = name));
(async () => {
  for (const held of portFor.leaseManySync(5, { transport: 'both' })) {
    if (process.argv[2] !== 'held') held.release('tcp');
    if (process.argv[2] === 'released') held.release('udp');
    if (process.argv[2] === 'detached') held.detach('udp');
  }
  for (let round = 0; round < 20 && warning === 'none'; round++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    gc();
  }
  console.log(warning);
})();`;

t.test('a released lease is lost without a warning, and only that', async (t) => {
  // A process warns once: each case has its own.
  const forget = (how: string) => run(process.execPath, ['-e', FORGET, distPath('index.js'), how]);
  t.match(await forget('released'), { code: 0, stdout: 'none\n' });
  if (NO_DESCRIPTORS === false) t.match(await forget('detached'), { code: 0, stdout: 'none\n' });
  t.match(await forget('held'), { code: 0, stdout: 'LostLeaseWarning\n' });
  t.match(await forget('half released'), { code: 0, stdout: 'LostLeaseWarning\n' });
});

t.test('a lease that is aborted at any moment leaves nothing held', async (t) => {
  const ports = leaseManySync(20);
  const numbers = ports.map(({ port }) => port);
  for (const held of ports) held.release();
  for (const [turns, port] of numbers.entries()) {
    const controller = new AbortController();
    const promise = lease({ ports: port, signal: controller.signal });
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    // The thread has done its work before the event loop hears of it.
    if (turns % 2 === 0) sleepSync(5);
    controller.abort();
    await promise.then(
      (held) => held.release(),
      ({ name }) => t.equal(name, 'AbortError'),
    );
  }
  // Looked at seldom: what is lost would be collected, and let its port go, after enough of that.
  const stillHeld = () => numbers.filter((port) => !canBePlainlyBound(port));
  for (let round = 0; round < 10 && stillHeld().length > 0; round++) await sleep(100);
  t.strictSame(stillHeld(), []);
});

t.test('a held lease costs less than 1 KiB of heap', async (t) => {
  leaseSync().release();
  await collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const leases = leaseManySync(1000);
  await collectGarbage();
  const cost = (process.memoryUsage().heapUsed - before) / leases.length;
  for (const held of leases) held.release();
  t.ok(cost < 1024, `${Math.round(cost)} bytes`);
});

t.test('a lease keeps no process alive', async (t) => {
  const child = startProcess(
    'globalThis.held = await portFor.leaseMany(3, { transport: "both" }); process.disconnect();',
  );
  t.strictSame(await once(child, 'exit'), [0, null]);
});

t.test('a process that is killed lets its ports go, though its child lives on', async (t) => {
  const child = startProcess(`
    const held = portFor.leaseManySync(5, { transport: 'both' });
    const sleeper = require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    tell({ ports: held.map(({ port }) => port), sleeper: sleeper.pid });
    setTimeout(() => held, 60000);`);
  const { ports, sleeper } = await hear<{ ports: number[]; sleeper: number }>(child);
  t.teardown(() => process.platform === 'win32' || process.kill(sleeper));
  for (const port of ports) t.equal(canBePlainlyBound(port, 'both'), false);
  child.kill('SIGKILL');
  t.ok(await until(() => ports.every((port) => canBePlainlyBound(port, 'both'))));
  // On Windows children end with the process that started them (libuv's job object).
  if (process.platform !== 'win32') t.equal(process.kill(sleeper, 0), true);
});

t.test('a worker thread that ends lets its ports go, and only those', async (t) => {
  const mine = leaseSync();
  for (const how of ['returns', 'exits', 'is terminated'] as const) {
    const worker = startWorker(`
      const held = await portFor.leaseMany(5);
      tell(held.map(({ port }) => port));
      require('node:worker_threads').parentPort.once('message', () => {
        if (${how === 'exits'}) process.exit();
        globalThis.held = held;
      });`);
    const ports = await hear<number[]>(worker);
    for (const port of ports) t.equal(canBePlainlyBound(port), false);
    if (how === 'is terminated') worker.terminate();
    else worker.postMessage('end');
    await once(worker, 'exit');
    for (const port of ports) t.equal(canBePlainlyBound(port), true, `a worker that ${how}`);
  }
  t.equal(canBePlainlyBound(mine.port), false);
  mine.release();
});

t.test('a worker thread that is terminated while it leases leaves nothing held', async (t) => {
  const ports = leaseManySync(20).map((held) => {
    held.release();
    return held.port;
  });
  for (let round = 0; round < 10; round++) {
    const worker = startWorker(`
      tell('leasing');
      for (;;) for (const held of await portFor.leaseMany(20, { ports: ${JSON.stringify(ports)} })) held.release();`);
    await hear(worker);
    await new Promise((resolve) => setTimeout(resolve, round));
    await worker.terminate();
    t.ok(await until(() => ports.every((port) => canBePlainlyBound(port))));
  }
});

/** The ports of leases that nobody has any more. */
function loseLeases(count: number): number[] {
  return leaseManySync(count).map(({ port }) => port);
}
