import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { raw } from '../harness/baseline.mjs';
import { commandMilliseconds, nodeOutput, outputOf } from '../harness/children.mjs';
import { loadPackage, ownCommand, worker } from '../harness/paths.mjs';
import { inTurn, milliseconds } from '../harness/rounds.mjs';
import { difference, median } from '../harness/statistics.mjs';
import { measuredTable } from '../harness/tables.mjs';
import { judge } from '../harness/targets.mjs';

const { leaseManySync } = loadPackage();

export const title = 'Leases';

const COUNT = 1000;
const OURS = `leaseManySync(${COUNT})`;
const RAW = 'raw C, held and never released';
const RUN = 'port-for --run web -- true';
const EMPTY = 'node -e 0';

export async function run({ rounds }) {
  const parts = [await measureTime(rounds), await measureHeap(), await measureRun(rounds * 3)];
  return {
    tables: parts.flatMap(({ tables = [] }) => tables),
    targets: parts.flatMap(({ targets = [] }) => targets),
    skipped: parts.flatMap(({ skipped = [] }) => skipped),
  };
}

async function measureTime(rounds) {
  const perLease = (taken) => (taken / COUNT) * 1000;
  const rows = await inTurn(
    {
      leases: async () => {
        let leases = [];
        const leased = await milliseconds(() => {
          leases = leaseManySync(COUNT);
        });
        const released = await milliseconds(() => {
          for (const lease of leases) lease.release();
        });
        return { [OURS]: perLease(leased), 'release()': perLease(released) };
      },
      [RAW]: async () => perLease(await raw('leases', COUNT)),
    },
    rounds,
  );
  const rawTime = median(rows.get(RAW));
  return {
    tables: [measuredTable({ title: 'One lease of a thousand', unit: 'us', rows, reference: OURS })],
    targets: [
      judge({
        what: `${OURS}, one lease`,
        value: median(rows.get(OURS)),
        unit: 'us',
        most: 10,
        machine: { work: 'a pick in C', milliseconds: rawTime / 1000 },
        raw: rawTime,
      }),
    ],
  };
}

async function measureHeap() {
  const { bytes } = await nodeOutput(worker('lease-memory.mjs'), [5000], ['--expose-gc']);
  return { targets: [judge({ what: 'heap of a held lease', value: bytes, unit: 'bytes', most: 1024 })] };
}

async function measureRun(rounds) {
  const portFor = ownCommand('port-for');
  const help = await outputOf(process.execPath, [portFor, '--help']);
  if (!help.includes('--run')) return { skipped: ['port-for --run, which this build does not have'] };
  const folder = mkdtempSync(join(tmpdir(), 'port-for-bench-'));
  const words = [portFor, '--config', join(folder, 'port-for.conf'), '--run', 'web', '--', 'true'];
  try {
    const rows = await inTurn(
      {
        [RUN]: () => commandMilliseconds(process.execPath, words),
        [EMPTY]: () => commandMilliseconds(process.execPath, ['-e', '0']),
      },
      rounds,
    );
    return {
      tables: [measuredTable({ title: 'A command with its port', unit: 'ms', rows, reference: EMPTY })],
      targets: [
        judge({
          what: `${RUN}, over ${EMPTY}`,
          value: median(difference(rows.get(RUN), rows.get(EMPTY))),
          unit: 'ms',
          most: 40,
          machine: { work: EMPTY, milliseconds: median(rows.get(EMPTY)) },
        }),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
