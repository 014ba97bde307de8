import { raw } from '../harness/baseline.mjs';
import { loadPackage } from '../harness/paths.mjs';
import { inTurn, milliseconds } from '../harness/rounds.mjs';
import { median, ratio } from '../harness/statistics.mjs';
import { measuredTable } from '../harness/tables.mjs';
import { judge } from '../harness/targets.mjs';

const { PortPool } = loadPackage();

export const title = 'PortPool';

const COUNT = 1000;
const OURS = 'reserve(), one after the other';
const TOGETHER = 'reserve(), all at once';
const RAW = 'raw C, the same sockets held';

export async function run({ rounds }) {
  const perSecond = (taken) => (COUNT / taken) * 1000;
  const withPool = async (work) => {
    const pool = new PortPool({ ports: '20000-29999' });
    try {
      return perSecond(await milliseconds(() => work(pool)));
    } finally {
      pool.close();
    }
  };
  const rows = await inTurn(
    {
      [OURS]: () =>
        withPool(async (pool) => {
          for (let index = 0; index < COUNT; index++) await pool.reserve(`owner-${index}`);
        }),
      [TOGETHER]: () =>
        withPool((pool) =>
          Promise.all(Array.from({ length: COUNT }, (_, index) => pool.reserve(`owner-${index}`))),
        ),
      [RAW]: async () => perSecond(await raw('leases', COUNT)),
    },
    rounds,
  );
  return {
    tables: [measuredTable({ title: 'Reservations a second', unit: '1/s', rows, reference: RAW })],
    targets: [
      judge({
        what: `${OURS}, beside raw C`,
        value: ratio(rows.get(OURS), rows.get(RAW)),
        unit: 'x',
        least: 0.5,
      }),
      judge({ what: `${OURS}, a second`, value: median(rows.get(OURS)), unit: '1/s', least: 10_000 }),
    ],
    skipped: [],
  };
}
