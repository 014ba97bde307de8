import '../support/alone';

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import t from 'tap';
import { hear, startProcess, startWorker } from '../support/program';
import { NOT_BESIDE } from '../support/sockets';

const LEASES = 50;

/** Leases ports one after the other, starts a server on each 2 ms later, and tells the ports and what failed. */
const LEASE_AND_SERVE = `
  const net = require('node:net');
  const { once } = require('node:events');
  const ports = [], failures = [], kept = [];
  tell('ready');
  await once(start, 'message');
  for (let index = 0; index < ${LEASES}; index++) {
    const held = index % 2 === 0 ? portFor.leaseSync({ ports: '20000-20999' }) : await portFor.lease({ ports: '20000-20999' });
    await new Promise((resolve) => setTimeout(resolve, 2));
    const server = net.createServer((socket) => socket.on('error', () => {})).listen(held.port);
    try {
      await once(server, 'listening');
      ports.push(held.port);
    } catch (error) {
      failures.push(error.code);
    }
    kept.push(held, server);
  }
  tell({ ports, failures });
  await once(start, 'message');
  process.exit();`;

interface Result {
  ports: number[];
  failures: string[];
}

/** Lets all programs lease at the same time, keeps what they have until the last is done, and ends them. */
async function runAll(programs: (ChildProcess | Worker)[], go: (program: never) => void): Promise<Result[]> {
  await Promise.all(programs.map((program) => hear(program)));
  const results = Promise.all(programs.map((program) => hear<Result>(program)));
  for (const program of programs) go(program as never);
  const told = await results;
  const ends = programs.map((program) => once(program, 'exit'));
  for (const program of programs) go(program as never);
  await Promise.all(ends);
  return told;
}

function judge(t: Tap, results: Result[], count: number): void {
  const ports = results.flatMap((result) => result.ports);
  t.strictSame(
    results.flatMap((result) => result.failures),
    [],
  );
  t.equal(ports.length, count * LEASES);
  t.equal(new Set(ports).size, ports.length);
}

type Tap = Pick<typeof t, 'equal' | 'strictSame'>;

t.test(
  'of the servers of 8 processes that lease side by side, all can listen',
  { skip: NOT_BESIDE },
  async (t) => {
    const programs = Array.from({ length: 8 }, () =>
      startProcess(`const start = process; ${LEASE_AND_SERVE}`),
    );
    judge(t, await runAll(programs, (program: ChildProcess) => program.send('go')), 8);
  },
);

t.test(
  'of the servers of 4 threads that lease side by side, all can listen',
  { skip: NOT_BESIDE },
  async (t) => {
    const start = "const start = require('node:worker_threads').parentPort;";
    const programs = Array.from({ length: 4 }, () => startWorker(`${start} ${LEASE_AND_SERVE}`));
    judge(t, await runAll(programs, (program: Worker) => program.postMessage('go')), 4);
  },
);
