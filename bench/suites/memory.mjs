import { nodeOutput } from '../harness/children.mjs';
import { worker } from '../harness/paths.mjs';
import { inTurn } from '../harness/rounds.mjs';
import { median } from '../harness/statistics.mjs';
import { measuredTable } from '../harness/tables.mjs';
import { judge } from '../harness/targets.mjs';

export const title = 'What scans cost the process that runs them';

const METHODS = ['bind', 'connect', 'both', 'table'];

/** What the memory of a process may differ by, in MiB, with no growth behind it. */
const NOISE = 1;

export async function run({ rounds, full }) {
  const delays = await measureDelays(rounds);
  const memory = await measureMemory(full ? 1000 : 20);
  return { tables: [delays.table, memory.table], targets: [...delays.targets, ...memory.targets] };
}

async function measureDelays(rounds) {
  const delay = (method) => async () => (await nodeOutput(worker('event-loop.mjs'), [method, 3000])).p99;
  const rows = await inTurn(
    Object.fromEntries(['idle', ...METHODS].map((method) => [method, delay(method)])),
    Math.min(rounds, 3),
    { warmUp: false },
  );
  return {
    table: measuredTable({
      title: 'Event loop delay during scan() by its method, 99th percentile',
      unit: 'ms',
      rows,
    }),
    targets: METHODS.map((method) =>
      judge({ what: `event loop delay, ${method}`, value: median(rows.get(method)), unit: 'ms', most: 5 }),
    ),
  };
}

async function measureMemory(count) {
  const memory = (method) => async () => {
    const { warmUp, during, growth } = await nodeOutput(
      worker('memory.mjs'),
      [method, count],
      ['--expose-gc'],
    );
    return {
      [`${method}: first 10 scans`]: warmUp,
      [`${method}: during one`]: during,
      [`${method}: over ${count} more`]: growth,
    };
  };
  const rows = await inTurn(Object.fromEntries(METHODS.map((method) => [method, memory(method)])), 1, {
    warmUp: false,
  });
  const target = (what, row, most) => judge({ what, value: median(rows.get(row)), unit: 'MiB', most });
  return {
    table: measuredTable({
      title: 'Growth of resident memory',
      unit: 'MiB',
      rows,
    }),
    targets: METHODS.flatMap((method) => [
      target(`memory during a scan, ${method}`, `${method}: during one`, 4),
      target(`memory over ${count} scans, ${method}`, `${method}: over ${count} more`, NOISE),
    ]),
  };
}
