import { createRequire } from 'node:module';
import detectPort from 'detect-port';
import getPort, { clearLockedPorts, portNumbers } from 'get-port';
import * as getPortPlease from 'get-port-please';
import { Bench } from 'tinybench';
import { raw } from '../harness/baseline.mjs';
import { hasTool, outputOf } from '../harness/children.mjs';
import { loadPackage, worker } from '../harness/paths.mjs';
import { inTurn, medianMilliseconds } from '../harness/rounds.mjs';
import { median, ratio } from '../harness/statistics.mjs';
import { measuredTable } from '../harness/tables.mjs';
import { judge } from '../harness/targets.mjs';

const { allocateSync, selectRandom, selectRandomSync } = loadPackage();
const portfinder = createRequire(import.meta.url)('portfinder');

export const title = 'Picking a port';

/** How many picks a round takes the median of: as many as keep the slow ones within a second. */
const MANY = 1000;
const FEW = 100;

const PEERS = [
  'get-port',
  'get-port-please getPort()',
  'get-port-please getRandomPort()',
  'portfinder',
  'detect-port',
];

export async function run({ rounds }) {
  const contestants = {
    'selectRandomSync()': picks(MANY, () => selectRandomSync()),
    'raw C': async () => (await raw('pick', MANY)) * 1000,
    'selectRandom()': picks(MANY, () => selectRandom()),
    'get-port': picks(FEW, () => getPort()),
    'get-port over 1024-65535': picks(FEW, () => getPort({ port: portNumbers(1024, 65535) })),
    'get-port-please getRandomPort()': picks(FEW, () => getPortPlease.getRandomPort()),
    'get-port-please getPort()': picks(FEW, () => getPortPlease.getPort()),
    portfinder: picks(FEW, () => portfinder.getPortPromise()),
    'detect-port': picks(FEW, () => detectPort()),
  };
  if (hasTool('python3')) {
    contestants['Python loop'] = async () =>
      Number(await outputOf('python3', [worker('pick.py'), FEW])) / 1000;
  }
  const rows = await inTurn(contestants, rounds);
  const many = await inTurn(
    {
      'allocateSync(1000)': () => medianMilliseconds(5, () => allocateSync(1000)),
      'raw C': async () => (await raw('pick', MANY)) * 1000,
    },
    rounds,
  );
  return {
    tables: [
      measuredTable({ title: 'One pick', unit: 'us', rows, reference: 'selectRandomSync()' }),
      measuredTable({
        title: 'One port of a thousand',
        unit: 'us',
        rows: many,
        reference: 'allocateSync(1000)',
      }),
    ],
    targets: [
      judge({
        what: 'selectRandomSync() warm',
        value: median(rows.get('selectRandomSync()')),
        unit: 'us',
        most: 20,
        machine: { work: 'a pick in C', milliseconds: median(rows.get('raw C')) / 1000 },
        raw: median(rows.get('raw C')),
      }),
      ...PEERS.map((peer) =>
        judge({
          what: `selectRandomSync() ahead of ${peer}`,
          value: ratio(rows.get(peer), rows.get('selectRandomSync()')),
          unit: 'x',
          least: 1,
          note: `raw C: x${ratio(rows.get(peer), rows.get('raw C')).toFixed(2)}`,
        }),
      ),
      judge({
        what: 'allocateSync(1000), one port',
        value: median(many.get('allocateSync(1000)')),
        unit: 'us',
        most: 10,
        machine: { work: 'a pick in C', milliseconds: median(many.get('raw C')) / 1000 },
        raw: median(many.get('raw C')),
      }),
    ],
  };
}

/** The median of the microseconds that each of `count` picks takes. */
function picks(count, pick) {
  return async () => {
    clearLockedPorts();
    const bench = new Bench({ iterations: count, time: 0, warmup: false, throws: true });
    bench.add('pick', pick);
    const [task] = await bench.run();
    return task.result.latency.p50 * 1000;
  };
}
