import { existsSync } from 'node:fs';
import { BASELINE } from '../harness/baseline.mjs';
import { hasTool, outputOf, startHelper } from '../harness/children.mjs';
import { makeRemoteHost, noNamespace } from '../harness/namespace.mjs';
import { worker } from '../harness/paths.mjs';
import { inTurn } from '../harness/rounds.mjs';
import { median } from '../harness/statistics.mjs';
import { measuredTable } from '../harness/tables.mjs';
import { judge } from '../harness/targets.mjs';

export const title = 'Scanning a host that is 20 ms away';

const OURS = 'scan()';
const TIMEOUT = 500;
/** One port of a hundred is open, one dropped. */
const [OPEN, DROPPED, STEP] = [100, 150, 100];
const COUNT = Math.floor((65535 - DROPPED) / STEP) + 1;

export async function run({ rounds }) {
  const reason = noNamespace() ?? (hasTool('nft') ? noWire() : 'nft is not installed');
  if (reason !== undefined) return { skipped: [`the remote host: ${reason}`] };
  const remote = await makeRemoteHost({ delay: 20 });
  try {
    return await measure(remote, Math.min(rounds, 5));
  } finally {
    await remote.remove();
  }
}

/** Why there can be no slow wire; undefined where there can be one. */
function noWire() {
  return existsSync('/dev/net/tun') ? undefined : 'there is no /dev/net/tun';
}

async function measure(remote, rounds) {
  const [program, ...words] = remote.far([BASELINE, 'occupy', `${OPEN}`, `${COUNT}`, `${STEP}`]);
  const listeners = await startHelper(program, words);
  await drop(remote);
  const scanBy = (script) => async () => {
    const [node, ...args] = remote.near([
      process.execPath,
      worker(script),
      remote.address,
      '1-65535',
      `${TIMEOUT}`,
    ]);
    const { taken, used, filtered } = JSON.parse(await outputOf(node, args));
    if (used !== COUNT || filtered !== COUNT) {
      throw new Error(`${script} found ${used} ports open and ${filtered} dropped, not ${COUNT} each`);
    }
    return taken;
  };
  const rows = await inTurn(
    { [OURS]: scanBy('remote-scan.mjs'), 'plain Node, 256 sockets': scanBy('remote-scan-plain.mjs') },
    rounds,
    { warmUp: false },
  );
  await listeners.stop();
  const what = `65,535 ports, ${COUNT} open, ${COUNT} dropped, timeout ${TIMEOUT} ms`;
  return {
    tables: [measuredTable({ title: what, unit: 'ms', rows, reference: OURS })],
    targets: [
      judge({ what: 'all ports of a remote host', value: median(rows.get(OURS)), unit: 'ms', most: 3000 }),
    ],
  };
}

/** Makes the remote host give no answer at every port that is to be dropped. */
async function drop({ far }) {
  const ports = Array.from({ length: COUNT }, (_, index) => DROPPED + index * STEP);
  const rules = [
    'add table inet bench',
    'add chain inet bench input { type filter hook input priority 0; }',
    'add set inet bench dropped { type inet_service; }',
    `add element inet bench dropped { ${ports.join(', ')} }`,
    'add rule inet bench input tcp dport @dropped drop',
  ];
  for (const rule of rules) {
    const [nft, ...words] = far(['nft', rule]);
    await outputOf(nft, words);
  }
}
