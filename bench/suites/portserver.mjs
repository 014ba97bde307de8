import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeOutput } from '../harness/children.mjs';
import { loadPackage, ownCommand, worker } from '../harness/paths.mjs';
import { inTurn } from '../harness/rounds.mjs';
import { median } from '../harness/statistics.mjs';
import { measuredTable } from '../harness/tables.mjs';
import { judge } from '../harness/targets.mjs';

const { occupied } = loadPackage();

export const title = 'Portserver';

const CLIENTS = 64;
const COUNT = 5000;
const POOL = '20000-31999';
const OURS = 'port-for --serve';
const PYTHON = "portpicker's portserver (Python)";

/** Debian's modules are those of its own python3. */
const python = ['python3', '/usr/bin/python3'].find(
  (program) => spawnSync(program, ['-c', 'import portserver']).status === 0,
);

export async function run({ rounds }) {
  // By paths: Node.js up to 20 cannot connect to abstract names of others.
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  let run = 0;
  const duplicates = { [OURS]: 0, [PYTHON]: 0 };
  const measure = (name, program, words) => async () => {
    const address = join(folder, `${run++}`);
    const server = spawn(program, [...words(address)], { stdio: 'ignore' });
    try {
      await occupied(`unix:${address}`, { timeout: 30_000, process: server });
      const answer = await nodeOutput(worker('portserver-client.mjs'), [address, COUNT, CLIENTS]);
      duplicates[name] += answer.granted - answer.different;
      if (answer.granted !== COUNT) throw new Error(`${name} gave ${answer.granted} of ${COUNT} ports`);
      return (COUNT / answer.milliseconds) * 1000;
    } finally {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
  };
  const pythonWords = (address) => [
    ...['-m', 'portserver', '--portserver_unix_socket_address', address],
    ...['--portserver_static_pool', POOL],
  ];
  const rows = await inTurn(
    {
      [OURS]: measure(OURS, process.execPath, (address) => [
        ownCommand('port-for'),
        '--serve',
        address,
        '--pool',
        POOL,
      ]),
      ...(python === undefined ? {} : { [PYTHON]: measure(PYTHON, python, pythonWords) }),
    },
    rounds,
  );
  rmSync(folder, { recursive: true });
  return {
    tables: [
      measuredTable({
        title: `Ports a second, ${CLIENTS} clients at once`,
        unit: '1/s',
        rows,
        reference: OURS,
      }),
    ],
    targets: [
      judge({ what: `${OURS}, requests a second`, value: median(rows.get(OURS)), unit: '1/s', least: 5000 }),
      judge({ what: `${OURS}, ports given twice`, value: duplicates[OURS], most: 0 }),
    ],
    skipped: python === undefined ? [`${PYTHON}: needs python3-portpicker`] : [],
  };
}
