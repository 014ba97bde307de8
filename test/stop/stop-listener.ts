import '../support/alone';

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import t, { type Test } from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { StopFailedError, StopRefusedError } from '../../lib/stop/errors';
import { stopListener } from '../../lib/stop/stop-listener';
import { whoHasSync } from '../../lib/who/who-has';
import { listen, portOf } from '../support/listen';
import { startListener } from '../support/listener-process';
import { NO_BOUND } from '../support/no-table';
import { NOBODY, noNobody } from '../support/privilege';
import { until } from '../support/program';

const NO_PROC: string | false =
  process.platform === 'linux' ? false : 'owners and their parents are told on Linux';

t.test('a listener is stopped, and its clients and its parent are not', { skip: NO_PROC }, async (t) => {
  const { child, port } = await startListener(t);
  const client = await startListener(
    t,
    `require('node:net').connect(${port}, '127.0.0.1').on('error', () => {});`,
  );
  t.ok(await until(() => whoHasSync(port)[0]?.sockets[0]?.clients === 1));
  const ended = once(child, 'exit');
  const { stopped, uses } = await stopListener(port);
  t.match(stopped, [{ name: 'node', signal: 'SIGTERM' }]);
  t.equal(uses.length, 1);
  t.strictSame(await ended, [null, 'SIGTERM']);
  t.equal(client.child.exitCode, null);
  t.match(whoHasSync(client.port), [{ sockets: [{ listens: true }] }], 'the client lives on');
  t.strictSame(
    whoHasSync(port).flatMap(({ sockets }) => sockets.filter(({ listens }) => listens)),
    [],
  );
});

t.test(
  'one that ignores SIGTERM is killed after the timeout, or at once by force',
  { skip: NO_PROC },
  async (t) => {
    const deaf = "process.on('SIGTERM', () => {});";
    const patient = await startListener(t, deaf);
    t.match(await stopListener(patient.port, { timeout: 50 }), { stopped: [{ signal: 'SIGKILL' }] });
    const forced = await startListener(t, deaf);
    t.match(await stopListener(forced.port, { force: true }), { stopped: [{ signal: 'SIGKILL' }] });
  },
);

/** The clock of `performance`, which can be set forward, and which says how often it was asked. */
function movableClock(t: Test): { offset: number; asked: number; onAsk?: () => void } {
  const now = performance.now.bind(performance);
  const clock: { offset: number; asked: number; onAsk?: () => void } = { offset: 0, asked: 0 };
  t.intercept(performance, 'now', {
    value: () => {
      clock.asked++;
      clock.onAsk?.();
      return now() + clock.offset;
    },
  });
  return clock;
}

/** The clock of `performance`, which passes as it is told: a busy machine takes no time from what is waited for. */
function stoppedClock(t: Test): { time: number; onAsk?: () => void } {
  const clock: { time: number; onAsk?: () => void } = { time: 0 };
  t.intercept(performance, 'now', {
    value: () => {
      clock.onAsk?.();
      return clock.time;
    },
  });
  return clock;
}

/** Says `told` for each SIGTERM, and ends with its standard input. */
const TELLING =
  "process.on('SIGTERM', () => console.log('told')); process.stdin.once('end', () => process.exit()).resume();";

t.test(
  'one that takes its time is told once, and gets the time it is given',
  { skip: NO_PROC },
  async (t) => {
    const clock = movableClock(t);
    const { child, port } = await startListener(t, TELLING, { stdin: 'pipe' });
    let told = '';
    child.stdout?.on('data', (text) => {
      told += text;
    });
    const stopping = stopListener(port);
    t.ok(await until(() => told !== ''));
    clock.offset = 4000;
    const { asked } = clock;
    t.ok(await until(() => clock.asked > asked + 10));
    t.equal(child.exitCode ?? child.signalCode, null);
    const ended = once(child, 'close');
    child.stdin?.end();
    t.match(await stopping, { stopped: [{ signal: 'SIGTERM' }] });
    await ended;
    t.equal(told, 'told\n');
  },
);

t.test('one that even SIGKILL does not end is told after a while', { skip: NO_PROC }, async (t) => {
  const clock = movableClock(t);
  const sent: string[] = [];
  const { stopListener } = t.mockRequire<typeof import('../../lib/stop/stop-listener')>(
    '../../lib/stop/stop-listener',
    {
      '../../lib/stop/holder-process': {
        HolderProcess: class {
          hasEnded = () => false;
          signal = (signal: string) => sent.push(signal) > 0;
          close() {}
        },
      },
    },
  );
  const { port } = await startListener(t);
  const stopping = stopListener(port).catch((error: unknown) => error);
  t.ok(await until(() => sent.length === 1));
  clock.offset = 6000;
  t.ok(await until(() => sent.length === 2));
  const { asked } = clock;
  t.ok(await until(() => clock.asked > asked + 4));
  clock.offset = 10_000;
  t.match(await stopping, {
    code: 'ERR_PORT_STOP_FAILED',
    isTakenAgain: false,
    message: /is still used by node \(\d+\)/,
  });
  t.strictSame(sent, ['SIGTERM', 'SIGKILL']);
});

t.test('the wait for who takes the port again can be ended too', { skip: NO_PROC }, async (t) => {
  const clock = stoppedClock(t);
  const { child, port } = await startListener(t);
  const controller = new AbortController();
  child.once('exit', () => {
    let asked = 0;
    clock.onAsk = () => ++asked > 2 && controller.abort(new Error('enough'));
  });
  await t.rejects(stopListener(port, { signal: controller.signal }), { name: 'AbortError' });
});

t.test('one that ends its own children is told alone', { skip: NO_PROC }, async (t) => {
  const { child, port } = await startListener(
    t,
    `const { spawn } = require('node:child_process');
     server.on('listening', () => {
       const worker = spawn('sleep', ['1000'], { stdio: ['ignore', 'ignore', 'ignore', server._handle.fd] });
       worker.once('exit', () => process.exit());
       process.on('SIGTERM', () => setTimeout(() => worker.kill('SIGKILL'), 100));
     });`,
  );
  t.ok(await until(() => whoHasSync(port)[0]?.sockets[0]?.processes.length === 2));
  const { stopped } = await stopListener(port);
  t.match(stopped, [{ pid: child.pid, signal: 'SIGTERM' }]);
  t.equal(stopped.length, 1);
});

t.test(
  'a child that got the socket later is stopped with those that had it',
  { skip: NO_PROC },
  async (t) => {
    const { port } = await startListener(
      t,
      `const { spawn } = require('node:child_process');
     process.on('SIGTERM', () => {
       spawn('sleep', ['1000'], { stdio: ['ignore', 'ignore', 'ignore', server._handle.fd] });
       server.close();
       setInterval(() => {}, 1000);
     });`,
    );
    const clock = movableClock(t);
    const stopping = stopListener(port);
    const holders = () =>
      whoHasSync(port).flatMap(({ sockets }) => sockets.flatMap(({ processes }) => processes));
    t.ok(await until(() => `${holders().map(({ name }) => name)}` === 'sleep'));
    clock.offset = 6000;
    const { stopped } = await stopping;
    t.strictSame(
      stopped.map(({ name, signal }) => [name, signal]),
      [
        ['node', 'SIGTERM'],
        ['sleep', 'SIGKILL'],
      ],
    );
  },
);

t.test('one that closes its socket and goes on has given up the port', { skip: NO_PROC }, async (t) => {
  const { child, port } = await startListener(
    t,
    "process.on('SIGTERM', () => { server.close(); setInterval(() => {}, 1000); });",
  );
  t.match(await stopListener(port), { stopped: [{ signal: 'SIGTERM' }] });
  t.equal(child.exitCode, null);
});

t.test('nobody to stop is no failure, and a dry run stops nothing', { skip: NO_PROC }, async (t) => {
  const held = leaseSync();
  held.release();
  t.strictSame(await stopListener(held.port), { port: held.port, uses: [], stopped: [] });
  const { child, port } = await startListener(t);
  t.strictSame(await stopListener(port, { transport: 'udp' }), { port, uses: [], stopped: [] });
  const client = connect(port, '127.0.0.1');
  await once(client, 'connect');
  const { localPort = 0 } = client;
  t.strictSame(
    await stopListener(localPort),
    { port: localPort, uses: [], stopped: [] },
    'a connection does not listen',
  );
  client.destroy();
  t.match(await stopListener(port, { dryRun: true }), { stopped: [{ signal: 'SIGTERM' }] });
  t.equal(child.exitCode, null);
  t.match(whoHasSync(port), [{ sockets: [{ listens: true }] }]);
});

t.test('this process and those above it are refused', { skip: NO_PROC }, async (t) => {
  const own = portOf(await listen(t, '127.0.0.1', 0));
  for (const force of [false, true]) {
    await t.rejects(stopListener(own, { force }), { code: 'ERR_PORT_STOP_REFUSED', refusal: 'this process' });
  }
  const { port } = await startListener(t, '', {
    wrap: ['sh', '-c', 'exec "$@"', 'sh'],
  });
  t.match(await stopListener(port), { stopped: [{}] }, 'a shell that became the server is no matter');
});

t.test('a lease is refused without force', { skip: NO_PROC || NO_BOUND }, async (t) => {
  const lease = await startListener(
    t,
    `const { leaseSync } = require(${JSON.stringify(`${process.cwd()}/dist/index.js`)});
     const held = leaseSync(); server.address = () => ({ port: held.port }); server.listen = (_port, _host, done) => { done(); setInterval(() => {}, 1000); };`,
  );
  await t.rejects(stopListener(lease.port), { refusal: 'lease', message: /holds|held/ });
  t.match(await stopListener(lease.port, { force: true }), { stopped: [{ signal: 'SIGKILL' }] });
});

t.test('a server of another checkout is refused without force', { skip: NO_PROC }, async (t) => {
  const cwd = t.testdir({ '.git': {}, api: {} });
  const { port } = await startListener(t, '', { cwd: `${cwd}/api` });
  const refused = await stopListener(port).catch((error: unknown) => error);
  t.ok(refused instanceof StopRefusedError);
  t.match(refused, { refusal: 'other checkout', message: new RegExp(`another checkout, ${cwd}: force`) });
  t.match(await stopListener(port, { force: true }), { stopped: [{ signal: 'SIGKILL' }] });
});

t.test('workers of a cluster end with the process above them', { skip: NO_PROC }, async (t) => {
  const { child, port } = await startListener(
    t,
    `const { spawn } = require('node:child_process');
     server.on('listening', () => spawn('sleep', ['1000'], { stdio: ['ignore', 'ignore', 'ignore', server._handle.fd] }));`,
  );
  t.ok(await until(() => whoHasSync(port)[0]?.sockets[0]?.processes.length === 2));
  const { stopped } = await stopListener(port);
  t.strictSame(
    stopped.map(({ name }) => name),
    ['node', 'sleep'],
    'what inherited the socket is stopped after the server',
  );
  t.equal(stopped[0]?.pid, child.pid);
});

t.test('a port that is taken again is told, with by whom', { skip: NO_PROC }, async (t) => {
  stoppedClock(t);
  const { child, port } = await startListener(t);
  const supervisor = createServer();
  t.teardown(() => supervisor.close());
  child.once('exit', () => supervisor.listen(port, '127.0.0.1'));
  const failed = await stopListener(port).catch((error: unknown) => error);
  t.ok(failed instanceof StopFailedError);
  t.match(failed, { isTakenAgain: true, message: new RegExp(`was taken again by .*\\(${process.pid}\\)`) });
});

t.test('so is one that is taken again a moment after it became free', { skip: NO_PROC }, async (t) => {
  const clock = stoppedClock(t);
  const { child, port } = await startListener(t);
  const supervisor = createServer();
  t.teardown(() => supervisor.close());
  child.once('exit', () => {
    clock.time += 60;
    setTimeout(() => supervisor.listen(port, '127.0.0.1'), 60);
  });
  await t.rejects(stopListener(port), { code: 'ERR_PORT_STOP_FAILED', isTakenAgain: true });
});

t.test('whoever listens at the port meanwhile is not stopped', { skip: NO_PROC }, async (t) => {
  const { child, port } = await startListener(
    t,
    "process.on('SIGTERM', () => { console.log('told'); process.stdin.once('end', () => process.exit()).resume(); });",
    { stdin: 'pipe' },
  );
  const other = createServer();
  t.teardown(() => other.close());
  let wasTold = false;
  const hear = () => {
    wasTold = true;
    other.close();
  };
  process.once('SIGTERM', hear);
  t.teardown(() => process.removeListener('SIGTERM', hear));
  child.stdout?.once('data', () => other.listen(port, '127.0.0.2', () => child.stdin?.end()));
  const failed = await stopListener(port, { timeout: 20_000 }).catch((error: unknown) => error);
  t.ok(failed instanceof StopFailedError);
  t.match(failed, { isTakenAgain: true });
  t.equal(wasTold, false);
});

t.test('processes of other users are refused without rights', { skip: NO_PROC || noNobody() }, async (t) => {
  const { port } = await startListener(t);
  const code = `require(${JSON.stringify(`${process.cwd()}/dist/index.js`)}).stopListener(${port})
    .catch(({ refusal, message }) => console.log(JSON.stringify({ refusal, message })));`;
  const { spawnSync } = await import('node:child_process');
  const { stdout } = spawnSync(
    'setpriv',
    [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', process.execPath, '-e', code],
    { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  );
  t.match(JSON.parse(stdout), { refusal: 'hidden', message: `sudo port-for --stop ${port}` });
});

t.test('a wait can be ended, and invalid arguments are refused by name', { skip: NO_PROC }, async (t) => {
  const { child, port } = await startListener(t, "process.on('SIGTERM', () => {});");
  const connection = connect(port, '127.0.0.1');
  t.teardown(() => connection.destroy());
  await t.rejects(stopListener(port, { signal: AbortSignal.timeout(50) }), { name: /Timeout|Abort/ });
  t.equal(child.exitCode ?? child.signalCode, null);
  await t.rejects(stopListener(port, { signal: 5 as never }), { name: 'TypeError', message: /^signal / });
  await t.rejects(stopListener(port, { timeout: -1 }), { message: /timeout -1 is out of range/ });
  await t.rejects(stopListener(0), { message: /^port 0 is out of range/ });
});
