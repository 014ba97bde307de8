import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { usedPorts } from '../../lib/machine/used-ports';
import { scan } from '../../lib/scan/scan';
import { holdSockets, portsOf } from '../support/held-sockets';
import { filter, insideNamespace, NO_FILTER } from '../support/inside-namespace';
import { hear, startProcess, startWorker, until } from '../support/program';
import { NO_PYTHON } from '../support/python';

const EVERY_PORT = '1-65535';
const openDescriptors = () => readdirSync('/proc/self/fd').length;

insideNamespace(__filename, () => {
  t.test(
    'a scan that resets leaves no connection and no TIME_WAIT behind',
    { skip: NO_PYTHON },
    async (t) => {
      const listeners = portsOf(
        await holdSockets(
          t,
          Array.from({ length: 200 }, (_, index) => ['listen', index % 2 ? '::' : '127.0.0.1']),
        ),
      );
      for (const method of ['connect', 'both'] as const) {
        t.equal(`${(await scan(EVERY_PORT, { method, reset: true })).used}`, `${listeners}`);
        t.equal(`${usedPorts()}`, `${listeners}`);
      }
    },
  );

  t.test('a worker thread can be terminated at any point of its scans', async (t) => {
    const scanForEver = `
      tell('scanning');
      const scanAgain = () => portFor.scan('${EVERY_PORT}', { method: Math.random() < 0.5 ? 'connect' : 'both' })
        .then(scanAgain);
      await Promise.all([scanAgain(), scanAgain()]);`;
    await scan('1-3000');
    const before = openDescriptors();
    for (let round = 0; round < 15; round++) {
      const worker = startWorker(scanForEver);
      await hear(worker);
      await sleep(Math.random() * 20);
      t.equal(await worker.terminate(), 1);
    }
    t.ok(await until(() => openDescriptors() <= before));
  });

  t.test('a process can end in the middle of its scans', async (t) => {
    for (const [ending, expected] of [
      ['process.exit(7)', [7, null]],
      ["process.kill(process.pid, 'SIGTERM')", [null, 'SIGTERM']],
    ] as const) {
      const child =
        startProcess(`portFor.scan('${EVERY_PORT}'); portFor.scan('${EVERY_PORT}', { method: 'connect' });
        setTimeout(() => ${ending}, 5);`);
      const ended = await new Promise((resolve) => child.once('exit', (...ended) => resolve(ended)));
      t.strictSame(ended, expected);
    }
  });

  t.test(
    'neither a process nor a worker waits for answers that do not come',
    { skip: NO_FILTER },
    async (t) => {
      filter(
        'table inet silence { chain in { type filter hook input priority 0; tcp dport 7000-7009 drop; }; }',
      );
      t.teardown(() => filter('delete table inet silence'));
      const ask = `portFor.scan('7000-7009', { method: 'connect', host: '127.0.0.1', timeout: 3_600_000 }).catch(() => {});`;
      const child = startProcess(`${ask} setTimeout(() => process.exit(7), 50)`);
      t.strictSame(await once(child, 'exit'), [7, null]);
      const worker = startWorker(`${ask} setTimeout(() => tell('asking'), 50)`);
      await hear(worker);
      t.equal(await worker.terminate(), 1);
    },
  );

  t.test('an aborted scan closes all that it has under way', { skip: NO_FILTER }, async (t) => {
    filter('table inet drops { chain in { type filter hook input priority 0; tcp dport 1-65535 drop; }; }');
    await scan(80, { method: 'connect', host: '127.0.0.1', timeout: 10 });
    const before = openDescriptors();
    for (let round = 0; round < 3; round++) {
      const controller = new AbortController();
      const scanning = scan(EVERY_PORT, {
        method: 'connect',
        host: '127.0.0.1',
        timeout: Infinity,
        concurrency: 1500,
        signal: controller.signal,
      });
      t.ok(await until(() => openDescriptors() > before + 1400), 'some 1,500 are under way');
      controller.abort();
      await t.rejects(scanning, { name: 'AbortError' });
      t.ok(await until(() => openDescriptors() <= before), 'all are closed');
    }
  });
});
