import { occupy, raw } from '../harness/baseline.mjs';
import { loadPackage } from '../harness/paths.mjs';
import { inTurn, medianMilliseconds, milliseconds } from '../harness/rounds.mjs';
import { median, ratio } from '../harness/statistics.mjs';
import { measuredTable } from '../harness/tables.mjs';
import { judge } from '../harness/targets.mjs';

const { allocate, selectRandomSync, usedPorts } = loadPackage();

export const title = 'Many ports: the socket table, picks and allocations on a crowded machine';

const TABLE = 'usedPorts()';
const CROWDED_TABLE = 'usedPorts(), 10,000 listeners';
const PICK = 'selectRandomSync()';
const SCATTERED = 'every third port from 1024 used';
const SOLID = 'all ports from 10000 to 29999 used';
const ALLOCATE = 'allocate(10000)';

export async function run({ rounds }) {
  const parts = [await measureTable(rounds), await measurePicks(rounds), await measureAllocation(rounds)];
  return {
    tables: parts.map(({ table }) => table),
    targets: parts.flatMap(({ targets }) => targets),
  };
}

/** Measures while the ports of `place` are used by other processes. */
async function crowded(place, measure) {
  const crowd = await occupy(place);
  if (crowd.occupied < place.count * 0.9) throw new Error(`only ${crowd.occupied} ports could be occupied`);
  try {
    return await measure();
  } finally {
    await crowd.stop();
  }
}

async function measureTable(rounds) {
  const ours = (count) => () => medianMilliseconds(count, () => usedPorts());
  const inC = async (count) => (await raw('table', count)) / count;
  const listeners = { low: 1024, count: 10_000, step: 2 };
  const rows = await inTurn(
    {
      [TABLE]: ours(50),
      'raw C': () => inC(50),
      crowded: () =>
        crowded(listeners, async () => ({
          [CROWDED_TABLE]: await ours(20)(),
          'raw C, 10,000 listeners': await inC(20),
        })),
    },
    rounds,
  );
  const machine = { work: 'a table sweep in C', milliseconds: median(rows.get('raw C')) };
  const target = (name, most, rawName) =>
    judge({
      what: name,
      value: median(rows.get(name)),
      unit: 'ms',
      most,
      machine,
      raw: median(rows.get(rawName)),
    });
  return {
    table: measuredTable({ title: 'The socket table for TCP', unit: 'ms', rows, reference: TABLE }),
    targets: [target(TABLE, 1, 'raw C'), target(CROWDED_TABLE, 2, 'raw C, 10,000 listeners')],
  };
}

async function measurePicks(rounds) {
  const COUNT = 500;
  // The mean: a pick that meets many used ports counts with all that it costs.
  const picks = async () => {
    const taken = await milliseconds(() => {
      for (let index = 0; index < COUNT; index++) selectRandomSync();
    });
    return (taken / COUNT) * 1000;
  };
  const rows = await inTurn(
    {
      [PICK]: picks,
      [SCATTERED]: () => crowded({ low: 1024, count: 20_000, step: 3 }, picks),
      [SOLID]: () => crowded({ low: 10_000, count: 20_000 }, picks),
    },
    rounds,
  );
  return {
    table: measuredTable({ title: 'One pick, mean', unit: 'us', rows, reference: PICK }),
    targets: [SCATTERED, SOLID].map((name) =>
      judge({
        what: `${PICK}, ${name}, over an empty machine`,
        value: ratio(rows.get(name), rows.get(PICK)),
        unit: 'x',
        most: 2,
      }),
    ),
  };
}

async function measureAllocation(rounds) {
  const COUNT = 10_000;
  const rows = await inTurn(
    {
      [ALLOCATE]: () => milliseconds(() => allocate(COUNT, { ports: '1024-65535' })),
      'raw C, 10,000 picks': async () => (await raw('pick', COUNT)) * COUNT,
    },
    rounds,
  );
  const taken = median(rows.get(ALLOCATE));
  return {
    table: measuredTable({
      title: 'Ten thousand ports from 1024-65535',
      unit: 'ms',
      rows,
      reference: ALLOCATE,
    }),
    targets: [
      judge({
        what: ALLOCATE,
        value: (COUNT / taken) * 1000,
        unit: 'ports/s',
        least: 100_000,
        machine: { work: 'a pick in C', milliseconds: median(rows.get('raw C, 10,000 picks')) / COUNT },
        raw: (COUNT / median(rows.get('raw C, 10,000 picks'))) * 1000,
      }),
    ],
  };
}
