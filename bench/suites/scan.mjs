import os from 'node:os';
import { raw } from '../harness/baseline.mjs';
import { commandMilliseconds, hasTool, isRoot, outputOf } from '../harness/children.mjs';
import { loadPackage, worker } from '../harness/paths.mjs';
import { inTurn, milliseconds } from '../harness/rounds.mjs';
import { ratio } from '../harness/statistics.mjs';
import { measuredTable } from '../harness/tables.mjs';
import { judge } from '../harness/targets.mjs';

const { scan, scanSync } = loadPackage();

export const title = 'Scanning every port of this machine';

const ALL = '1-65535';
const LOOPBACK = '127.0.0.1';

export async function run({ rounds }) {
  const parts = [
    await measureBind(rounds),
    await measureConnect(rounds),
    await measureBoth(rounds),
    await measureThreads(rounds),
  ];
  return {
    tables: parts.map(({ table }) => table),
    targets: parts.flatMap(({ targets = [] }) => targets),
    skipped: parts.flatMap(({ skipped = [] }) => skipped),
  };
}

/** How many threads pay on this machine, told by plain C. */
async function measureThreads(rounds) {
  const counts = [1, 2, 4, 8];
  const name = (work, threads) => `${work}, ${threads} thread${threads === 1 ? '' : 's'}`;
  const contestants = Object.fromEntries(
    ['bind', 'connect'].flatMap((work) =>
      counts.map((threads) => [name(work, threads), () => raw(work, threads)]),
    ),
  );
  const rows = await inTurn(contestants, rounds);
  const title = `Threads in plain C, on ${os.availableParallelism()} processors`;
  return { table: measuredTable({ title, unit: 'ms', rows, reference: name('bind', 1) }) };
}

async function measureBind(rounds) {
  const ours = "scan(method: 'bind')";
  const rows = await inTurn(
    {
      [ours]: () => milliseconds(() => scan(ALL, { method: 'bind' })),
      "scanSync(method: 'bind')": () => milliseconds(() => scanSync(ALL, { method: 'bind' })),
      'raw C, 1 thread': () => raw('bind', 1),
      'raw C, 2 threads': () => raw('bind', 2),
    },
    rounds,
  );
  const overRaw = ratio(rows.get(ours), rows.get('raw C, 2 threads'));
  return {
    table: measuredTable({ title: 'Bind, at every local address', unit: 'ms', rows, reference: ours }),
    targets: [judge({ what: `${ours} over raw C on 2 threads`, value: overRaw, unit: 'x', most: 1.15 })],
  };
}

async function measureConnect(rounds) {
  const ours = "scan(method: 'connect')";
  const contestants = {
    [ours]: () => milliseconds(() => scan(ALL, { method: 'connect', host: LOOPBACK })),
    'raw C, 2 threads': () => raw('connect', 2),
    'raw C, 1 thread': () => raw('connect', 1),
  };
  const skipped = [];
  const nmap = (kind) => () => commandMilliseconds('nmap', ['-n', '-Pn', kind, '-p-', LOOPBACK]);
  if (!hasTool('nmap')) skipped.push('nmap, which is not installed');
  else if (!isRoot) skipped.push('nmap -sS, which only root may run');
  if (hasTool('nmap')) contestants['nmap -sT -p-'] = nmap('-sT');
  if (hasTool('nmap') && isRoot) contestants['nmap -sS -p-'] = nmap('-sS');
  const rows = await inTurn(contestants, rounds);
  const targets = [
    judge({
      what: `${ours} over raw C on 2 threads`,
      value: ratio(rows.get(ours), rows.get('raw C, 2 threads')),
      unit: 'x',
      most: 1.15,
    }),
  ];
  for (const [peer, least] of [
    ['nmap -sS -p-', 2],
    ['nmap -sT -p-', 8],
  ]) {
    if (!rows.has(peer)) continue;
    targets.push(timesFaster({ rows, ours, peer, least, inC: 'raw C, 2 threads' }));
  }
  return {
    table: measuredTable({ title: 'Connect, to 127.0.0.1', unit: 'ms', rows, reference: ours }),
    targets,
    skipped,
  };
}

async function measureBoth(rounds) {
  const ours = "scan(method: 'both')";
  const contestants = {
    [ours]: () => milliseconds(() => scan(ALL, { method: 'both', host: LOOPBACK })),
    'raw C, 2 threads': () => raw('both', 2),
    'raw C, 1 thread': () => raw('both', 1),
  };
  if (hasTool('python3')) {
    contestants['Python loop'] = async () => Number(await outputOf('python3', [worker('scan.py')]));
  }
  const rows = await inTurn(contestants, rounds);
  const table = measuredTable({ title: 'Both, at 127.0.0.1', unit: 'ms', rows, reference: ours });
  if (!rows.has('Python loop')) return { table, targets: [], skipped: ['the Python loop: no python3'] };
  return {
    table,
    targets: [timesFaster({ rows, ours, peer: 'Python loop', least: 4, inC: 'raw C, 2 threads' })],
  };
}

/** Judges how many times faster than a peer we are, and says how many times faster plain C is. */
function timesFaster({ rows, ours, peer, least, inC }) {
  return judge({
    what: `${ours}, times faster than ${peer}`,
    value: ratio(rows.get(peer), rows.get(ours)),
    unit: 'x',
    least,
    note: `${inC}: x${ratio(rows.get(peer), rows.get(inC)).toFixed(2)}`,
  });
}
