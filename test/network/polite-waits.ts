import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { Checker } from '../../lib/wait/checker';
import { free, occupied } from '../../lib/wait/wait';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { filter, insideNamespace, NO_FILTER } from '../support/inside-namespace';
import { CLOSE_FIRST, HABIT_NAMES, SLOW_HABITS, startNaiveServers } from '../support/naive-servers';

/** How often each server is asked in each way; the long form has 1,000. */
const ROUNDS = Number(process.env.TORTURE_ROUNDS ?? 2);

const FIRST_PORT = 7000;

/** So long, ms, a busy machine may keep the servers from their turn where a process ends by `process.exit()`. */
const LEAST_STALL = 50;

const LIST_RESETS = `table inet resets {
  set ports { type inet_service; flags dynamic; counter; }
  chain out { type filter hook output priority 0; tcp dport 7000-7099 tcp flags & rst == rst add @ports { tcp dport }; }
}`;

/**
 * The servers to which clients have sent a reset since the last call. One that closes first is left out: its end stays as a
 * TIME_WAIT of the kernel, which answers a stray acknowledgement (two processors sent that and the client's end in the
 * wrong order), and the closed client's kernel resets that answer. The server's process has no socket any more that could
 * notice; what it does notice counts as an error.
 */
function resets(): string[] {
  const text = execFileSync('nft', ['list', 'set', 'inet', 'resets', 'ports'], { encoding: 'utf8' });
  filter('flush set inet resets ports');
  return [...text.matchAll(/(\d+) counter packets (\d+)/g)]
    .map(([, port, count]) => ({ habit: HABIT_NAMES[Number(port) - FIRST_PORT] ?? 'none', count }))
    .filter(({ habit }) => !CLOSE_FIRST.has(habit))
    .map(({ habit, count }) => `${habit}: ${count}`);
}

const EXIT_AT_ONCE = `
const { occupied } = require(process.argv[1]);
occupied('localhost', Number(process.argv[2])).then(() => process.exit());
`;

async function program(...words: string[]): Promise<void> {
  const { code, stderr } = await run(process.execPath, words);
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${stderr}`);
}

const WAIT_AND_SAY_SO = `
const { parentPort, workerData } = require('node:worker_threads');
const { occupied } = require(workerData.package);
occupied('localhost', workerData.port).then(() => parentPort.postMessage('there'));
`;

/**
 * A terminated worker runs no JavaScript any more, not even for the event `exit`, and its sockets are closed at once: the
 * server has the time to close that it has where `process.exit()` is called.
 */
async function terminateAfterWait(port: number): Promise<void> {
  const workerData = { package: distPath('index.js'), port };
  const worker = new Worker(WAIT_AND_SAY_SO, { eval: true, execArgv: [], workerData });
  await once(worker, 'message');
  await sleep(100);
  await worker.terminate();
}

/** The ways to ask a server for a connection. Each ends the process, or leaves it to go on. */
const WAYS: Record<string, (port: number) => Promise<unknown>> = {
  occupied: (port) => occupied('localhost', port),
  'occupied at two addresses': (port) => occupied([`127.0.0.1:${port}`, `[::1]:${port}`]),
  'an aborted wait': async (port) => {
    const controller = new AbortController();
    const wait = occupied('localhost', port, { signal: controller.signal });
    process.nextTick(() => process.nextTick(() => controller.abort()));
    await wait.catch(() => {});
  },
  'a wait whose time is up at once': (port) => occupied('localhost', port, { timeout: 0 }).catch(() => {}),
  'a wait for a steady server': (port) =>
    occupied('localhost', port, { steady: 30, timeout: 0 }).catch(() => {}),
  'a wait for a reply by HTTP': (port) =>
    occupied(`http://localhost:${port}/`, { timeout: 200 }).catch(() => {}),
  free: (port) => free('localhost', port, { timeout: 0 }).catch(() => {}),
  'many in a row': async (port) => {
    for (let round = 0; round < 10; round++) await free('localhost', port, { timeout: 0 }).catch(() => {});
  },
  Checker: (port) => new Checker().assertFree('localhost', port).catch(() => {}),
  portend: (port) => program(distPath('portend.js'), `localhost:${port}`, 'occupied'),
  'portend free': (port) =>
    run(process.execPath, [distPath('portend.js'), '-t', '0', `localhost:${port}`, 'free']),
  'a wait for TLS': (port) => occupied(`tls:localhost:${port}`, { timeout: 200 }).catch(() => {}),
  'a wait for TLS that is aborted': (port) =>
    occupied(`tls:localhost:${port}`, {
      signal: AbortSignal.timeout(1 + Math.floor(Math.random() * 10)),
    }).catch(() => {}),
  'a wait for a reply by HTTPS': (port) =>
    occupied(`https://localhost:${port}/`, { timeout: 200 }).catch(() => {}),
  'worker.terminate()': terminateAfterWait,
  'process.exit()': (port) => program('-e', EXIT_AT_ONCE, distPath('index.js'), `${port}`),
};

/** What ends its process as soon as it knows: a server that speaks later than that cannot be heard to the end. */
const HASTY = ['process.exit()', 'worker.terminate()'];

/** What starts a process or a thread takes so long that there are fewer rounds of it. */
const PROGRAMS = ['portend', 'portend free', 'process.exit()', 'worker.terminate()'];

insideNamespace(__filename, () => {
  t.test('no server is reset by who asks whether it is there', { skip: NO_FILTER }, async (t) => {
    filter(LIST_RESETS);
    const ports = HABIT_NAMES.map((habit, index) => [habit, FIRST_PORT + index]);
    const { takeErrors, takeStall } = await startNaiveServers(t, Object.fromEntries(ports));
    const only = process.env.TORTURE_WAYS;
    for (const [way, ask] of Object.entries(WAYS)) {
      if (only !== undefined && !new RegExp(only).test(way)) continue;
      await t.test(way, async (t) => {
        const habits = HABIT_NAMES.filter((habit) => !HASTY.includes(way) || !SLOW_HABITS.has(habit));
        const ports = habits.map((habit) => FIRST_PORT + HABIT_NAMES.indexOf(habit));
        const count = PROGRAMS.includes(way) ? 2 : ports.length;
        const rounds = PROGRAMS.includes(way) ? Math.ceil(ROUNDS / 10) : ROUNDS;
        let outcome: readonly string[][] = [];
        for (let tries = 0; tries < 4; tries++) {
          await takeStall();
          for (let round = 0; round < rounds; round++)
            for (let first = 0; first < ports.length; first += count)
              await Promise.all(ports.slice(first, first + count).map(ask));
          // Until those that speak late have done so.
          await sleep(500);
          outcome = [resets(), await takeErrors()];
          // Servers that get no turn for so long are not heard to the end by a process that ends: they are asked again.
          if ((await takeStall()) < LEAST_STALL || outcome.flat().length === 0) break;
        }
        t.strictSame(outcome, [[], []]);
      });
    }
  });
});
