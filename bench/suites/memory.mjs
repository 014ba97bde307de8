import { nodeOutput } from '../harness/children.mjs';
import { worker } from '../harness/paths.mjs';
import { inTurn } from '../harness/rounds.mjs';
import { median } from '../harness/statistics.mjs';
import { measuredTable } from '../harness/tables.mjs';
import { judge } from '../harness/targets.mjs';

export const title = 'What scans cost the process that runs them';

const METHODS = ['bind', 'connect', 'both', 'table'];

/** `both` is a scan by bind and one by connect. */
const MEMORY_METHODS = ['both', 'table'];

/** What the memory of a process goes up and down by, in MiB, with no growth behind it. */
const NOISE = 2;

export async function run({ rounds, full }) {
  const delays = await measureDelays(rounds);
  const memory = await measureMemory(full ? 1000 : 50);
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
  const flags = ['--expose-gc', '--max-semi-space-size=1'];
  const memory = (method) => async () => {
    const { during, kept, growth } = await nodeOutput(worker('memory.mjs'), [method, count], flags);
    return {
      [`${method}, during the first`]: during,
      [`${method}, after ${count / 2}`]: kept,
      [`${method}, by ${count / 2} more`]: growth,
    };
  };
  const rows = await inTurn(Object.fromEntries(MEMORY_METHODS.map((method) => [method, memory(method)])), 1, {
    warmUp: false,
  });
  const target = (what, row, most) => judge({ what, value: median(rows.get(row)), unit: 'MiB', most });
  return {
    table: measuredTable({
      title: 'Resident memory of full scans, over that of the idle process, and its growth by more of them',
      unit: 'MiB',
      rows,
    }),
    targets: MEMORY_METHODS.flatMap((method) => [
      target(`memory during a scan, ${method}`, `${method}, during the first`, 4),
      target(`growth by ${count / 2} scans, ${method}`, `${method}, after ${count / 2}`, NOISE),
      target(
        `growth from ${count / 2} to ${count} scans, ${method}`,
        `${method}, by ${count / 2} more`,
        NOISE,
      ),
    ]),
  };
}
