import { raw } from '../harness/baseline.mjs';
import { commandMilliseconds, nodeOutput, startHelper } from '../harness/children.mjs';
import { ownCommand, peerCommand, worker } from '../harness/paths.mjs';
import { inTurn } from '../harness/rounds.mjs';
import { difference, median } from '../harness/statistics.mjs';
import { measuredTable } from '../harness/tables.mjs';
import { judge } from '../harness/targets.mjs';
import { OURS, WAITERS } from '../harness/waiters.mjs';

export const title = 'Waiting for ports';

/** How long after the beginning of a wait its event comes, ms: one of these more in each round. */
const DELAYS = [100, 250, 500, 1000, 1500, 2000, 3000, 4000];

const EVENTS = {
  occupied: 'from listen to the end of a wait',
  free: 'from close to the end of a wait',
  ready: 'from the end of 503 to the end of a wait by HTTP',
};

/** Who cannot wait for what. */
const UNABLE = { occupied: [], free: ['wait-port'], ready: ['tcp-port-used'] };

/** The targets of each wait, ms: the median and the longest. */
const TARGETS = { occupied: [2, 10], free: [2, 10], ready: [5, 10] };

/** The same for all, and long enough for what waits do at first not to count for much, seconds. */
const LONG_WAIT = 30;

const EMPTY = 'node -e 0';
const COMMAND = 'portend, open port';

const SERVER = `
  const server = require('node:net').createServer((socket) => socket.resume().on('error', () => {}));
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
  process.stdin.resume().on('end', () => process.exit());
`;

export async function run({ rounds, quick }) {
  const command = await measureCommand(rounds * 3);
  const parts = [
    await measureLatency('occupied', rounds, command.machine, quick),
    await measureLatency('free', rounds, command.machine, quick),
    await measureLatency('ready', rounds, command.machine, quick),
    await measureCost(),
    command,
  ];
  return { tables: parts.map(({ table }) => table), targets: parts.flatMap(({ targets }) => targets) };
}

async function measureLatency(state, rounds, machine, quick) {
  const waiters = Object.keys(WAITERS).filter((name) => !UNABLE[state].includes(name));
  let turn = 0;
  const measure = (name) => () => {
    const delay = DELAYS[Math.floor(turn++ / waiters.length) % DELAYS.length];
    // Off the beat of those that ask at fixed times.
    return nodeOutput(worker('wait-latency.mjs'), [
      name,
      state,
      Math.round(delay * (0.8 + 0.4 * Math.random())),
    ]);
  };
  const rows = await inTurn(
    Object.fromEntries(waiters.map((name) => [name, measure(name)])),
    quick ? rounds + 1 : Math.max(rounds * 3, DELAYS.length),
    { warmUp: false },
  );
  const values = rows.get(OURS);
  const [middle, longest] = TARGETS[state];
  const target = (which, value, most) =>
    judge({ what: `${EVENTS[state]}, ${which}`, value, unit: 'ms', most, machine });
  return {
    table: measuredTable({
      title: `Waits of up to a few seconds, ${EVENTS[state]}`,
      unit: 'ms',
      rows,
      reference: OURS,
    }),
    targets: [target('median', median(values), middle), target('longest', Math.max(...values), longest)],
  };
}

/** All at the same time: what is counted is the processor's time of each. */
async function measureCost() {
  const contestants = Object.keys(WAITERS).map((waiter) => [waiter, waiter, 1]);
  contestants.push([`${OURS}, 1,000 waits`, OURS, 1000]);
  const costs = await Promise.all(
    contestants.map(([, waiter, count]) => nodeOutput(worker('wait-cost.mjs'), [waiter, count, LONG_WAIT])),
  );
  const rows = new Map(contestants.map(([name], index) => [name, [costs[index].percent]]));
  const thousand = costs.at(-1);
  const machine = { work: 'a table sweep in C', milliseconds: (await raw('table', 200)) / 200 };
  const target = (what, value, most, unit = '%') =>
    judge({ what, value, unit, most, ...(unit === '%' ? { machine } : {}) });
  return {
    table: measuredTable({
      title: `A closed port, waited for during ${LONG_WAIT} s`,
      unit: '% of a core',
      rows,
    }),
    targets: [
      target(`one core, one wait of ${LONG_WAIT} s`, median(rows.get(OURS)), 2),
      target('one core, 1,000 waits', thousand.percent, 15),
      target('memory, 1,000 waits', thousand.memory, 30, 'MiB'),
    ],
  };
}

async function measureCommand(rounds) {
  // In a process of its own: this one stands still while it measures, and the server has to answer.
  const server = await startHelper(process.execPath, ['-e', SERVER]);
  const port = server.line;
  const node = (...words) => commandMilliseconds(process.execPath, words);
  const rows = await inTurn(
    {
      [EMPTY]: () => node('-e', '0'),
      [COMMAND]: () => node(ownCommand('portend'), `127.0.0.1:${port}`, 'occupied'),
      'wait-on': () => node(peerCommand('wait-on'), `tcp:127.0.0.1:${port}`),
      'wait-port': () => node(peerCommand('wait-port'), '-o', 'silent', `127.0.0.1:${port}`),
    },
    rounds,
  );
  await server.stop();
  const machine = { work: EMPTY, milliseconds: median(rows.get(EMPTY)) };
  return {
    machine,
    table: measuredTable({
      title: 'Commands, for a port that is open',
      unit: 'ms',
      rows,
      reference: COMMAND,
    }),
    targets: [
      judge({
        what: `${COMMAND}, over ${EMPTY}`,
        value: median(difference(rows.get(COMMAND), rows.get(EMPTY))),
        unit: 'ms',
        most: 15,
        machine,
      }),
    ],
  };
}
