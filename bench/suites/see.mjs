import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BASELINE } from '../harness/baseline.mjs';
import { commandMilliseconds, hasTool, startHelper } from '../harness/children.mjs';
import { ownCommand } from '../harness/paths.mjs';
import { inTurn } from '../harness/rounds.mjs';
import { difference, median, ratio } from '../harness/statistics.mjs';
import { measuredTable } from '../harness/tables.mjs';
import { judge } from '../harness/targets.mjs';

export const title = 'Seeing ports: who has one, and a map of all';

const PROCESSES = 5000;
const EMPTY = 'node -e 0';
const WHO = 'port-for --who PORT';
const KNOWN = 'port-for, known name';
const MAP = 'port-for --map';

export async function run({ rounds }) {
  const folder = mkdtempSync(join(tmpdir(), 'port-for-bench-'));
  try {
    const parts = [await measureWho(rounds), await measureMap(rounds, folder)];
    return {
      tables: parts.map(({ table }) => table),
      targets: parts.flatMap(({ targets }) => targets),
      skipped: parts.flatMap(({ skipped }) => skipped),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The commands end before the server of this process has to do anything. */
async function measureWho(rounds) {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  const crowd = await startHelper(BASELINE, ['processes', String(PROCESSES)]);
  const peers = {
    'lsof -i :PORT': ['lsof', '-nP', `-iTCP:${port}`],
    fuser: ['fuser', `${port}/tcp`],
    'ss -ltnp': ['ss', '-ltnp', `sport = :${port}`],
  };
  const missing = Object.keys(peers).filter((name) => !hasTool(peers[name][0]));
  try {
    const contestants = {
      [EMPTY]: () => commandMilliseconds(process.execPath, ['-e', '0']),
      [WHO]: () => commandMilliseconds(process.execPath, [ownCommand('port-for'), '--who', String(port)]),
    };
    for (const [name, [tool, ...words]] of Object.entries(peers)) {
      if (!missing.includes(name)) contestants[name] = () => commandMilliseconds(tool, words);
    }
    const rows = await inTurn(contestants, rounds);
    const machine = { work: EMPTY, milliseconds: median(rows.get(EMPTY)) };
    return {
      table: measuredTable({
        title: `Who has a port, beside ${PROCESSES} processes and ${crowd.line} descriptors`,
        unit: 'ms',
        rows,
        reference: WHO,
      }),
      targets: [
        judge({
          what: `${WHO}, over ${EMPTY}`,
          value: median(difference(rows.get(WHO), rows.get(EMPTY))),
          unit: 'ms',
          most: 30,
          machine,
        }),
        ...Object.keys(peers)
          .filter((name) => rows.has(name))
          .map((name) =>
            judge({
              what: `${name} over ${WHO}`,
              value: ratio(rows.get(name), rows.get(WHO)),
              unit: 'x',
              least: 1,
            }),
          ),
      ],
      skipped: missing.map((name) => `${name}, which is not installed`),
    };
  } finally {
    await crowd.stop();
    server.close();
  }
}

async function measureMap(rounds, folder) {
  const node = (...words) => commandMilliseconds(process.execPath, [ownCommand('port-for'), ...words]);
  const config = join(folder, 'port-for.conf');
  node('--config', config, 'foo');
  const rows = await inTurn(
    {
      [KNOWN]: () => node('--config', config, 'foo'),
      [MAP]: () => node('--map', '--config', config),
      'port-for --map --html FILE': () =>
        node('--map', '--html', join(folder, 'map.html'), '--config', config),
    },
    rounds * 3,
  );
  return {
    table: measuredTable({ title: 'A map of all ports', unit: 'ms', rows, reference: MAP }),
    targets: [
      judge({
        what: `${MAP}, over ${KNOWN}`,
        value: median(difference(rows.get(MAP), rows.get(KNOWN))),
        unit: 'ms',
        most: 20,
      }),
    ],
    skipped: [],
  };
}
