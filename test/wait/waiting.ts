import { setImmediate as tick } from 'node:timers/promises';
import t from 'tap';
import { PortTimeoutError, ProcessEndedError } from '../../lib/wait/errors';
import { HostPort } from '../../lib/wait/host-port';
import { planWait, type WaitOptions } from '../../lib/wait/options';

/** The wait for one target, whose answers the test gives. */
class Wait {
  trouble: Error | undefined;
  reply = '';
  isQuiet = false;
  left = 0;
  closings = 0;

  constructor(
    readonly target: HostPort,
    readonly plan: unknown,
    readonly pulse: unknown,
    readonly events: { onDone(wait: Wait): void; onFault(error: unknown): void },
  ) {
    if (target.port === 666) throw new Error('no such interface');
    waits.push(this);
  }

  owed(): number {
    return this.left;
  }

  close(): void {
    this.closings++;
  }
}

let waits: Wait[] = [];
/** The timers that were started: for how long, and whether they run still. */
let timers: { delay: number; ring: () => void; runs: boolean }[] = [];
let watches: { process: unknown; end: (end: object) => void; runs: boolean }[] = [];
let listeners = 0;

const { waitForAll } = t.mockRequire<typeof import('../../lib/wait/waiting')>('../../lib/wait/waiting', {
  '../../lib/timing/abort': {
    onAbort: (signal: AbortSignal, listener: () => void) => {
      listeners++;
      signal.addEventListener('abort', listener);
      return () => {
        listeners--;
        signal.removeEventListener('abort', listener);
      };
    },
  },
  '../../lib/timing/long-timer': {
    startTimer: (delay: number, ring: () => void) => {
      const timer = { delay, ring, runs: true };
      timers.push(timer);
      return () => {
        timer.runs = false;
      };
    },
  },
  '../../lib/wait/errors': { PortTimeoutError, ProcessEndedError },
  '../../lib/wait/target-wait': { TargetWait: Wait },
  '../../lib/wait/watch-process': {
    watchProcess: (process: unknown, end: (end: object) => void) => {
      const watch = { process, end, runs: true };
      watches.push(watch);
      return () => {
        watch.runs = false;
      };
    },
  },
});

/** Begins a wait for these ports of `app`. */
function wait(ports: readonly number[], options: WaitOptions = {}, state: 'free' | 'occupied' = 'occupied') {
  [waits, timers, watches] = [[], [], []];
  const targets = ports.map((port) => new HostPort('app', port));
  const plan = planWait(state, options);
  let outcome: unknown = 'pending';
  waitForAll(targets, plan).then(
    () => {
      outcome = 'done';
    },
    (error: unknown) => {
      outcome = error;
    },
  );
  return { targets, plan, outcome: () => tick().then(() => outcome) };
}

const all = <Value>(read: (wait: Wait) => Value) => waits.map(read);
const done = (wait: Wait | undefined) => wait?.events.onDone(wait);
const runsOn = () => [...timers, ...watches].filter(({ runs }) => runs).length + listeners;

t.test('it ends when each target is done, and leaves nothing behind', async (t) => {
  const { signal } = new AbortController();
  const { targets, plan, outcome } = wait([1, 2, 3], { signal, timeout: 70, process: 17 });
  t.strictSame(
    all(({ target }) => target),
    targets,
  );
  for (const { plan: given, pulse } of waits) t.strictSame([given, pulse], [plan, waits[0]?.pulse]);
  t.equal(runsOn(), 3);
  t.match([timers, watches], [[{ delay: 70 }], [{ process: 17 }]]);
  done(waits[1]);
  done(waits[0]);
  t.strictSame(
    all(({ closings }) => closings),
    [1, 1, 0],
  );
  t.equal(await outcome(), 'pending');
  done(waits[2]);
  t.equal(await outcome(), 'done');
  t.strictSame(
    all(({ closings }) => closings),
    [1, 1, 1],
  );
  t.equal(runsOn(), 0);
});

t.test('without targets it ends at once, and without a process none is watched', async (t) => {
  t.equal(await wait([]).outcome(), 'done');
  t.strictSame([timers.length, watches.length, runsOn()], [1, 0, 0]);
});

t.test('an abort ends it with the reason, before or meanwhile', async (t) => {
  const reason = new Error('enough');
  t.equal(await wait([1], { signal: AbortSignal.abort(reason) }).outcome(), reason);
  t.strictSame([waits.length, timers.length], [0, 0]);
  const controller = new AbortController();
  const { outcome } = wait([1, 2], { signal: controller.signal });
  done(waits[0]);
  controller.abort(reason);
  t.equal(await outcome(), reason);
  t.strictSame(
    all(({ closings }) => closings),
    [1, 1],
  );
  t.equal(runsOn(), 0);
});

t.test('a target that cannot be waited for, or no longer, ends all', async (t) => {
  const { outcome } = wait([1, 666, 2]);
  t.match(await outcome(), { message: 'no such interface' });
  t.strictSame(
    all(({ target, closings }) => [target.port, closings]),
    [[1, 1]],
  );
  t.equal(runsOn(), 0);
  const fault = new Error('of the watcher');
  const second = wait([1, 2]);
  waits[1]?.events.onFault(fault);
  t.equal(await second.outcome(), fault);
  t.strictSame(
    all(({ closings }) => closings),
    [1, 1],
  );
});

t.test('when the time is up, it names what is left, with the last replies and the cause', async (t) => {
  const { targets, outcome } = wait([1, 2, 3], { timeout: 50 });
  done(waits[1]);
  const cause = new Error('"app" does not resolve');
  for (const wait of waits) wait.reply = `reply of ${wait.target.port}`;
  for (const wait of waits.slice(2)) wait.trouble = cause;
  timers[0]?.ring();
  const error = await outcome();
  t.type(error, PortTimeoutError);
  t.match(error, { state: 'occupied', cause, message: /^2 of 3 / });
  t.strictSame((error as PortTimeoutError).pending, [targets[0], targets[2]]);
  t.strictSame((error as PortTimeoutError).replies, ['reply of 1', cause.message]);
  t.equal(runsOn(), 0);
});

t.test('an answer that comes in the turn in which the time is up counts', async (t) => {
  const { outcome } = wait([1, 2], { timeout: 50 });
  timers[0]?.ring();
  for (const wait of waits) done(wait);
  t.equal(await outcome(), 'done');
});

t.test('first tries that are owed are waited for, a few ms at a time', async (t) => {
  const { outcome } = wait([1, 2], { timeout: 50 });
  const owe = async (...left: number[]) => {
    for (const [index, wait] of waits.entries()) wait.left = left[index] ?? 0;
    timers.at(-1)?.ring();
    const now = await outcome();
    return [now === 'pending', timers.length, timers.at(-1)?.delay];
  };
  t.strictSame(await owe(3, 80), [true, 2, 5]);
  t.strictSame(await owe(3, 2), [true, 3, 3]);
  t.strictSame(await owe(0, 0.5), [true, 4, 0.5]);
  t.strictSame(await owe(0, 0), [false, 4, 0.5]);
  t.type(await outcome(), PortTimeoutError);
});

t.test('the timer of what is owed ends with the wait too', async (t) => {
  const { outcome } = wait([1], { timeout: 50 });
  for (const wait of waits) wait.left = 9;
  timers[0]?.ring();
  t.equal(await outcome(), 'pending');
  done(waits[0]);
  t.equal(await outcome(), 'done');
  t.equal(timers[1]?.runs, false);
});

t.test('a wait that ends in the turn in which its time is up is judged no more', async (t) => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const { outcome } = wait([1], { timeout: 50, signal: controller.signal });
  for (const wait of waits) wait.left = 9;
  timers[0]?.ring();
  controller.abort(reason);
  t.equal(await outcome(), reason);
  t.equal(timers.length, 1);
});

t.test('what was silent until the time was up is free', async (t) => {
  const quiet = wait([1, 2], { timeout: 50 }, 'free');
  for (const wait of waits) wait.isQuiet = true;
  timers[0]?.ring();
  t.equal(await quiet.outcome(), 'done');
  const some = wait([1, 2], { timeout: 50 }, 'free');
  for (const wait of waits.slice(1)) wait.isQuiet = true;
  timers[0]?.ring();
  t.match(await some.outcome(), { code: 'ERR_PORT_TIMEOUT', state: 'free', pending: [{ port: 1 }] });
  t.strictSame(
    all(({ closings }) => closings),
    [1, 1],
  );
});

t.test('the end of the process names what is left, with the last replies', async (t) => {
  const { targets, outcome } = wait([1, 2, 3], { process: 17 }, 'free');
  done(waits[1]);
  for (const wait of waits) wait.reply = `reply of ${wait.target.port}`;
  watches[0]?.end({ pid: 17, exitCode: 3, signal: undefined });
  const error = await outcome();
  t.type(error, ProcessEndedError);
  t.match(error, { pid: 17, exitCode: 3, message: /^process 17 .* 2 of 3 ports not free/ });
  t.strictSame((error as ProcessEndedError).pending, [targets[0], targets[2]]);
  t.strictSame((error as ProcessEndedError).replies, ['reply of 1', 'reply of 3']);
  t.equal(runsOn(), 0);
});
