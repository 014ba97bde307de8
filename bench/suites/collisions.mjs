import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { loadPackage, worker } from '../harness/paths.mjs';
import { CONTESTANTS, FREE_PICKERS, rangePickers } from '../harness/pickers.mjs';
import { table } from '../harness/tables.mjs';
import { judge } from '../harness/targets.mjs';

const { leaseManySync } = loadPackage();

export const title = 'Picks that somebody else takes';

const LEASE = 'lease()';
const PICKS = 100;
const FEW_PORTS = { low: 20_000, high: 20_199 };

export async function run() {
  const parts = [await countCollisions(), await countSharedPorts()];
  return {
    tables: parts.map(({ table }) => table),
    targets: parts.flatMap(({ targets }) => targets),
  };
}

/** Picks by processes, or threads of one process, that work side by side, each with a server 2 ms later. */
async function countCollisions() {
  const few = { processes: 8, count: 50 };
  const crews = [
    ...Object.keys(CONTESTANTS).map((contestant) => ({ contestant, ...few })),
    { contestant: LEASE, processes: 32, count: 100 },
    { contestant: LEASE, processes: 1, threads: 8, count: 50 },
  ];
  const lines = [];
  const targets = [];
  for (const crew of crews) {
    const { contestant, processes, threads = 0, count } = crew;
    const failed = await collide(crew);
    const side = threads > 0 ? `${threads} threads` : `${processes} processes`;
    const picks = processes * Math.max(1, threads) * count;
    lines.push([contestant, side, `${picks}`, `${failed}`]);
    if (contestant === LEASE)
      targets.push(judge({ what: `${LEASE}, ${side}, ${count} each: failed`, value: failed, most: 0 }));
  }
  return {
    table: `**Picks whose server cannot listen 2 ms later**\n\n${table(['', 'side by side', 'picks', 'failed'], lines)}`,
    targets,
  };
}

/** How many picks of all fail. Every process keeps its ports until the last one is done. */
async function collide({ contestant, processes, threads, count }) {
  const words = [
    worker('collide.mjs'),
    contestant,
    `${count}`,
    ...(threads === undefined ? [] : [`${threads}`]),
  ];
  const crew = Array.from({ length: processes }, () => {
    const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    return { child, end: once(child, 'exit'), lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
  });
  const hear = () => Promise.all(crew.map(async ({ lines }) => (await lines.next()).value));
  await hear();
  for (const { child } of crew) child.stdin.write('go\n');
  const failed = await hear();
  for (const { child } of crew) child.stdin.end();
  await Promise.all(crew.map(({ end }) => end));
  return failed.reduce((sum, number) => sum + Number(number), 0);
}

/** What other pickers give while ports are leased. */
async function countSharedPorts() {
  const good = { name: '2,000 good ports', count: 2000, options: {}, pickers: FREE_PICKERS };
  const range = { count: 200, options: { ports: FEW_PORTS }, pickers: rangePickers(FEW_PORTS) };
  const situations = [
    good,
    { ...range, name: 'all that it is to pick from' },
    { ...range, name: 'the same, exclusively', options: { ports: FEW_PORTS, exclusive: true } },
  ];
  const lines = [];
  let given = 0;
  for (const { name, count, options, pickers } of situations) {
    const leases = leaseManySync(count, options);
    const leased = new Set(leases.map(({ port }) => port));
    for (const [picker, pick] of Object.entries(pickers)) {
      const shared = await countOf(PICKS, async () => leased.has(await pick()));
      lines.push([picker, name, `${PICKS}`, `${shared}`]);
      if (options.ports === undefined || options.exclusive) given += shared;
    }
    for (const held of leases) held.release();
  }
  return {
    table: `**Leased ports that another picker gives**\n\n${table(['', 'leased', 'picks', 'leased ones'], lines)}`,
    targets: [judge({ what: 'leased ports given, of its own choice or exclusive', value: given, most: 0 })],
  };
}

/** How many of `count` tries, one after the other, say yes. A picker that finds none says no. */
async function countOf(count, isSo) {
  let number = 0;
  for (let index = 0; index < count; index++) {
    try {
      if (await isSo()) number++;
    } catch {
      // It found none.
    }
  }
  return number;
}
