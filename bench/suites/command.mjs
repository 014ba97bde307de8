import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandMilliseconds } from '../harness/children.mjs';
import { ownCommand, peerCommand } from '../harness/paths.mjs';
import { inTurn } from '../harness/rounds.mjs';
import { difference, median } from '../harness/statistics.mjs';
import { measuredTable } from '../harness/tables.mjs';
import { judge } from '../harness/targets.mjs';

export const title = 'Commands from their start to their end';

const EMPTY = 'node -e 0';
const KNOWN = 'port-for, known name';
const NEW = 'port-for, new name';

export async function run({ rounds }) {
  const portFor = ownCommand('port-for');
  const folder = mkdtempSync(join(tmpdir(), 'port-for-bench-'));
  try {
    return await measure(portFor, folder, rounds * 3);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(portFor, folder, rounds) {
  const node = (...words) => commandMilliseconds(process.execPath, words);
  const config = join(folder, 'port-for.conf');
  const fresh = join(folder, 'fresh.conf');
  node(portFor, '--config', config, 'foo');
  const rows = await inTurn(
    {
      [EMPTY]: () => node('-e', '0'),
      [KNOWN]: () => node(portFor, '--config', config, 'foo'),
      [NEW]: () => {
        rmSync(fresh, { force: true });
        return node(portFor, '--config', fresh, 'foo');
      },
      'detect-port': () => node(peerCommand('detect-port'), '8000'),
      'get-port-cli': () => node(peerCommand('get-port-cli', 'get-port')),
    },
    rounds,
  );
  const machine = { work: 'node -e 0', milliseconds: median(rows.get(EMPTY)) };
  const overEmpty = (name) => median(difference(rows.get(name), rows.get(EMPTY)));
  return {
    tables: [measuredTable({ title: 'Commands', unit: 'ms', rows, reference: KNOWN })],
    targets: [
      judge({ what: `${KNOWN}, over ${EMPTY}`, value: overEmpty(KNOWN), unit: 'ms', most: 15, machine }),
      judge({ what: `${NEW}, over ${EMPTY}`, value: overEmpty(NEW), unit: 'ms', most: 25, machine }),
    ],
  };
}
