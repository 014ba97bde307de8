import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { addon } from '../../lib/addon/addon';
import { leaseMany } from '../../lib/lease/lease';
import { NoFreePortError } from '../../lib/pick/errors';
import { allocate, selectRandom, selectRandomSync } from '../../lib/pick/pick';
import { PortSet } from '../../lib/ports/port-set';
import { portIsUsed } from '../../lib/scan/port-is-used';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { buildFailCalls } from '../support/fail-calls';
import { filter, insideNamespace, NO_FILTER } from '../support/inside-namespace';

/** Ports that a firewall drops all packets to: each question takes 100 ms. */
const SILENT = '20000-20599';
const ANSWERING = '20600-20604';

/** One after the other would take a minute. */
const PATIENCE = 30_000;

/** Picks among silent ports, and says so. */
const PICK = `
const { selectRandom } = require(${JSON.stringify(distPath('index.js'))});
selectRandom({ ports: '${SILENT}' }).catch(() => {});
console.log('picking');`;

/** How many packets the rule with a counter has dropped. */
function countDropped(): number {
  const rules = execFileSync('nft', ['list', 'table', 'inet', 'counted'], { encoding: 'utf8' });
  return Number(/counter packets (\d+)/.exec(rules)?.[1]);
}

function countDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

insideNamespace(__filename, () => {
  const { skip: cannotFail, failCalls } = buildFailCalls(t);
  if (NO_FILTER === false)
    filter(
      `table inet silent { chain in { type filter hook input priority 0; tcp dport ${SILENT} drop; }; }`,
    );

  t.test('the ports that answer are picked among silent ones', { skip: NO_FILTER }, async (t) => {
    const ports = [SILENT, ANSWERING];
    t.match(`${selectRandomSync({ ports })}`, /^2060[0-4]$/);
    t.match(`${await selectRandom({ ports })}`, /^2060[0-4]$/);
    t.strictSame((await allocate(5, { ports })).sort(), [20600, 20601, 20602, 20603, 20604]);
    const leases = await leaseMany(5, { ports });
    t.strictSame(leases.map(({ port }) => port).sort(), [20600, 20601, 20602, 20603, 20604]);
    for (const lease of leases) lease.release();
  });

  t.test('a pick at once leaves no question open', { skip: NO_FILTER }, async (t) => {
    for (let round = 0; round < 3; round++) {
      t.equal(addon.pickAtOnce(new PortSet(SILENT).bits), 0);
      t.equal(addon.pickAtOnce(new PortSet(20600).bits), 20600);
    }
  });

  t.test('a pick does not wait for one that does', { skip: NO_FILTER, timeout: PATIENCE }, async (t) => {
    const slow = selectRandom({ ports: SILENT }).then(
      (port) => [port],
      () => [],
    );
    const ports = await Promise.race([slow, allocate(5, { ports: ANSWERING })]);
    t.equal(ports.length, 5);
    t.strictSame(await slow, []);
  });

  t.test('silent ports are used, every one of them', { skip: NO_FILTER, timeout: PATIENCE }, async (t) => {
    const error = { code: 'ERR_PORT_NONE_FREE', tried: 600, wanted: 1, found: 0 };
    t.throws(() => selectRandomSync({ ports: SILENT }), error);
    await t.rejects(selectRandom({ ports: SILENT }), error);
    t.equal(await portIsUsed(20000), true);
    t.equal(await portIsUsed(20600), false);
  });

  t.test('a port that is silent at one of the loopback addresses is used', { skip: NO_FILTER }, async (t) => {
    filter(`
      table ip silent4 { chain in { type filter hook input priority 0; tcp dport 21000-21019 drop; }; }
      table ip6 silent6 { chain in { type filter hook input priority 0; tcp dport 21100-21119 drop; }; }`);
    for (const silent of ['21000-21019', '21100-21119']) {
      const error = { code: 'ERR_PORT_NONE_FREE', tried: 20, wanted: 1, found: 0 };
      t.throws(() => selectRandomSync({ ports: silent }), error, silent);
      t.match(`${await selectRandom({ ports: [silent, ANSWERING] })}`, /^2060[0-4]$/, silent);
      for (const lease of await leaseMany(5, { ports: [silent, ANSWERING] })) lease.release();
    }
    t.test('when the other one answers late, too', { skip: cannotFail }, async (t) => {
      const program = `
        const { selectRandomSync } = require(${JSON.stringify(distPath('index.js'))});
        try { console.log(selectRandomSync({ ports: '21100' })) } catch ({ code }) { console.log(code) }`;
      const late = failCalls('connect', 'EINPROGRESS', 1, 3);
      const { stdout, stderr } = await run(process.execPath, ['-e', program], late, PATIENCE);
      t.strictSame({ stdout, stderr }, { stdout: 'ERR_PORT_NONE_FREE\n', stderr: '' });
    });
  });

  t.test(
    'a silent port is not called used where nobody can tell whose silence it is',
    { skip: NO_FILTER || cannotFail },
    async (t) => {
      const program = `
        const { selectRandomSync } = require(${JSON.stringify(distPath('index.js'))});
        try { console.log(selectRandomSync({ ports: 20000 })) } catch (error) { console.log(error.systemCode) }`;
      // The pick itself opens five sockets.
      const { stdout } = await run(
        process.execPath,
        ['-e', program],
        failCalls('socket', 'EMFILE', 6),
        PATIENCE,
      );
      t.equal(stdout, 'EMFILE\n');
    },
  );

  t.test('where descriptors are few, so are the ports asked at once', { skip: NO_FILTER }, async (t) => {
    const program = `${PICK} try { selectRandomSync({ ports: '20000-20099' }) } catch ({ code, tried }) { console.log(code, tried) }`;
    const words = [
      '-c',
      'ulimit -n 64; exec "$0" -e "$1"',
      process.execPath,
      program.replace('{ selectRandom }', '{ selectRandom, selectRandomSync }'),
    ];
    const { stdout, stderr } = await run('sh', words, {}, PATIENCE);
    t.strictSame({ stdout, stderr }, { stdout: 'picking\nERR_PORT_NONE_FREE 100\n', stderr: '' });
  });

  t.test('a pick ends with its process and its thread', { skip: NO_FILTER, timeout: PATIENCE }, async (t) => {
    const { code } = await run(
      process.execPath,
      ['-e', `${PICK} setTimeout(() => process.exit(3), 50)`],
      {},
      PATIENCE,
    );
    t.equal(code, 3);
    const worker = new Worker(PICK, {
      eval: true,
      stdout: true,
      execArgv: [],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    await once(worker.stdout, 'data');
    t.equal(await worker.terminate(), 1);
  });

  t.test('a pick ends with its signal', { skip: NO_FILTER, timeout: PATIENCE }, async (t) => {
    const reason = new Error('enough');
    const picks: readonly ((signal: AbortSignal) => Promise<unknown>)[] = [
      (signal: AbortSignal) => selectRandom({ ports: SILENT, signal }),
      (signal: AbortSignal) => allocate(2, { ports: SILENT, signal }),
      (signal: AbortSignal) => leaseMany(2, { ports: SILENT, signal }),
      (signal: AbortSignal) => portIsUsed(20000, undefined, { signal }),
    ];
    for (const pick of picks) {
      const controller = new AbortController();
      const picked = pick(controller.signal);
      // In this turn: a busy machine would have the answer before the next.
      queueMicrotask(() => controller.abort(reason));
      await t.rejects(picked, reason);
      await t.rejects(pick(AbortSignal.abort(reason)), reason);
    }
    t.throws(() => selectRandomSync({ ports: SILENT }), NoFreePortError);
  });

  t.test('an aborted pick asks no further', { skip: NO_FILTER, timeout: PATIENCE }, async (t) => {
    const many = '10000-19999';
    filter(
      `table inet counted { chain in { type filter hook input priority 0; tcp dport ${many} counter drop; }; }`,
    );
    t.teardown(() => filter('delete table inet counted'));
    const before = countDescriptors();
    const controller = new AbortController();
    const picked = selectRandom({ ports: many, signal: controller.signal });
    while (countDropped() === 0) await sleep(1);
    controller.abort();
    await t.rejects(picked, { name: 'AbortError' });
    while (countDescriptors() > before) await sleep(10);
    t.ok(countDropped() < 10_000, 'most ports were not asked');
  });
});
