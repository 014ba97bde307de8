import t, { type Test } from 'tap';
import type { Resolution } from '../../lib/host/resolve';
import { type Answer, READY } from '../../lib/wait/answer';
import type { Spot, Subscriber } from '../../lib/wait/endpoint';
import { HostPort } from '../../lib/wait/host-port';
import { planWait, type WaitOptions } from '../../lib/wait/options';
import { toTarget } from '../../lib/wait/target';
import type { TargetWait } from '../../lib/wait/target-wait';

const CLOSED: Answer = { verdict: 'closed', reason: 'ECONNREFUSED' };
const SILENT: Answer = { verdict: 'silent', reason: 'no answer' };
const UNREADY: Answer = { verdict: 'unready', reason: '503' };
const UNKNOWN: Answer = { verdict: 'unknown', reason: 'EMFILE' };

interface Setting extends WaitOptions {
  readonly state?: 'free' | 'occupied';
  readonly target?: string;
  readonly addresses?: readonly string[];
  /** What the socket table says of whoever stays silent. */
  readonly listening?: boolean | undefined;
}

/** A wait whose name and tries are answered by hand. */
function waitByHand(
  t: Test,
  { state = 'free', target = 'app:7000', addresses, listening, ...options }: Setting,
) {
  let tellHost = (_: Resolution) => {};
  let isWatched = true;
  const { TargetWait } = t.mockRequire<typeof import('../../lib/wait/target-wait')>(
    '../../lib/wait/target-wait',
    {
      '../../lib/host/local-address': { isListening: () => listening, isLocalAddress: () => true },
      '../../lib/wait/host-port': { HostPort },
      '../../lib/wait/host-watch': {
        watchHost: (_: string, listener: typeof tellHost) => {
          tellHost = listener;
          return () => {
            isWatched = false;
          };
        },
      },
    },
  );
  const tries = new Map<string, Subscriber>();
  const left: string[] = [];
  const afresh: string[] = [];
  let running = 0;
  let lasting: number | undefined;
  const pulse = {
    subscribe: (spot: Spot, subscriber: Subscriber) => {
      tries.set(spot.address, subscriber);
      return {
        spot,
        runningFor: () => running,
        lastingFor: () => lasting,
        subscribe: () => afresh.push(spot.address),
      };
    },
    unsubscribe: ({ spot }: { spot: Spot }) => left.push(spot.address),
  };
  const reports: string[] = [];
  let done = 0;
  const faults: unknown[] = [];
  const plan = planWait(state, {
    ...options,
    onAttempt: ({ address, accepted, reason }) => reports.push(`${address} ${accepted} ${reason}`),
  });
  const wait: TargetWait = new TargetWait(toTarget(target), plan, pulse as never, {
    onDone: () => done++,
    onFault: (error) => faults.push(error),
  });
  if (addresses !== undefined) tellHost({ addresses });
  return {
    wait,
    answer: (address: string, answer: Answer) => tries.get(address)?.onAnswer(answer),
    limit: (address: string) => tries.get(address)?.limit,
    resolve: (resolution: Resolution) => tellHost(resolution),
    run: (ms: number) => {
      running = ms;
    },
    last: (ms: number | undefined) => {
      lasting = ms;
    },
    left,
    afresh,
    reports,
    faults,
    done: () => done,
    isWatched: () => isWatched,
  };
}

t.test('a target is free when each of its addresses was found closed', async (t) => {
  const { answer, done, reports, wait } = waitByHand(t, { addresses: ['10.0.0.1', '10.0.0.2'] });
  answer('10.0.0.1', CLOSED);
  t.equal(done(), 0);
  t.equal(wait.isQuiet, false);
  answer('10.0.0.2', CLOSED);
  t.equal(done(), 1);
  t.equal(wait.isQuiet, true);
  t.strictSame(reports, ['10.0.0.1 false ECONNREFUSED', '10.0.0.2 false ECONNREFUSED']);
});

t.test('what the others said is asked afresh when the open one closes', async (t) => {
  const { answer, afresh, done } = waitByHand(t, { addresses: ['10.0.0.1', '10.0.0.2'] });
  answer('10.0.0.2', READY);
  answer('10.0.0.1', CLOSED);
  t.strictSame(afresh, []);
  answer('10.0.0.2', CLOSED);
  t.strictSame(afresh, ['10.0.0.1']);
  t.equal(done(), 0, 'the server may have moved there');
  answer('10.0.0.1', CLOSED);
  t.equal(done(), 1);
});

t.test('an open address that the name has no longer is left, and the others asked afresh', async (t) => {
  const { answer, resolve, afresh, left, done } = waitByHand(t, { addresses: ['10.0.0.1', '10.0.0.2'] });
  answer('10.0.0.1', READY);
  answer('10.0.0.2', CLOSED);
  resolve({ addresses: ['10.0.0.2', '10.0.0.3'] });
  t.strictSame([left, afresh], [['10.0.0.1'], ['10.0.0.2']]);
  answer('10.0.0.2', CLOSED);
  t.equal(done(), 0);
  answer('10.0.0.3', CLOSED);
  t.equal(done(), 1);
});

t.test('a closed address that the name has no longer changes nothing for the others', async (t) => {
  const { answer, resolve, afresh, left, done } = waitByHand(t, { addresses: ['10.0.0.1', '10.0.0.2'] });
  answer('10.0.0.2', CLOSED);
  resolve({ addresses: ['10.0.0.2'] });
  t.strictSame([left, afresh], [['10.0.0.1'], []]);
  t.equal(done(), 1);
});

t.test('a target is occupied as soon as one address is ready', async (t) => {
  const { answer, done, wait } = waitByHand(t, { state: 'occupied', addresses: ['10.0.0.1', '10.0.0.2'] });
  answer('10.0.0.1', CLOSED);
  answer('10.0.0.2', UNREADY);
  t.equal(done(), 0);
  t.equal(wait.reply, '503', 'where somebody is counts for more');
  t.equal(wait.isQuiet, false, 'a wait for occupied is never done for being quiet');
  answer('10.0.0.2', READY);
  t.equal(done(), 1);
});

t.test('the reply of a wait for free is that of whoever accepts, else the last address', async (t) => {
  const { answer, wait } = waitByHand(t, { addresses: ['10.0.0.1', '10.0.0.2'] });
  t.equal(wait.reply, '');
  answer('10.0.0.1', SILENT);
  t.equal(wait.reply, '');
  answer('10.0.0.2', CLOSED);
  t.equal(wait.reply, 'ECONNREFUSED');
  answer('10.0.0.1', READY);
  t.equal(wait.reply, '');
});

t.test('silence convinces when it lasts, or when the table knows of no listener', async (t) => {
  const unknown = waitByHand(t, { addresses: ['10.0.0.1'] });
  for (let silences = 1; silences < 6; silences++) {
    unknown.answer('10.0.0.1', SILENT);
    t.equal(unknown.done(), 0, `${silences}`);
    t.equal(unknown.wait.isQuiet, true);
  }
  unknown.answer('10.0.0.1', SILENT);
  t.equal(unknown.done(), 1);

  const none = waitByHand(t, { addresses: ['10.0.0.1'], listening: false });
  none.answer('10.0.0.1', SILENT);
  t.equal(none.done(), 1);

  const full = waitByHand(t, { addresses: ['10.0.0.1'], listening: true });
  for (let silences = 0; silences < 10; silences++) full.answer('10.0.0.1', SILENT);
  t.equal(full.done(), 0, 'a listener whose backlog is full');
  t.equal(full.wait.isQuiet, false);
});

t.test('each silence doubles what the next try may take, an answer ends that', async (t) => {
  const { answer, limit } = waitByHand(t, { addresses: ['10.0.0.1'], listening: true });
  const limits: unknown[] = [limit('10.0.0.1')];
  for (let silences = 0; silences < 5; silences++) {
    answer('10.0.0.1', SILENT);
    limits.push(limit('10.0.0.1'));
  }
  t.strictSame(limits, [100, 200, 400, 400, 400, 400]);
  answer('10.0.0.1', CLOSED);
  t.equal(limit('10.0.0.1'), 100);

  const own = waitByHand(t, { addresses: ['10.0.0.1'], attemptTimeout: 5000 });
  own.answer('10.0.0.1', SILENT);
  t.equal(own.limit('10.0.0.1'), 5000, 'who wants more has it from the start');
  const occupied = waitByHand(t, { state: 'occupied', addresses: ['10.0.0.1'] });
  occupied.answer('10.0.0.1', SILENT);
  t.equal(occupied.limit('10.0.0.1'), 500);
  const http = waitByHand(t, { state: 'occupied', target: 'http://app:7000/', addresses: ['10.0.0.1'] });
  t.equal(http.limit('10.0.0.1'), 2000);
});

t.test('what a try could not find out is the trouble of the wait, and changes nothing else', async (t) => {
  const { answer, wait, done, resolve } = waitByHand(t, { addresses: ['10.0.0.1', '10.0.0.2'] });
  answer('10.0.0.1', CLOSED);
  answer('10.0.0.1', UNKNOWN);
  t.match(wait.trouble, { code: 'ERR_PORT_SYSTEM', systemCode: 'EMFILE' });
  t.equal(done(), 0);
  answer('10.0.0.2', CLOSED);
  t.equal(wait.trouble, undefined);
  t.equal(done(), 1);
  answer('10.0.0.1', UNKNOWN);
  resolve({ addresses: ['10.0.0.1'] });
  t.equal(wait.trouble, undefined);
});

t.test('a name that does not resolve ends a wait for free, and only delays one for occupied', async (t) => {
  const error = new Error('getaddrinfo ENOTFOUND app');
  const free = waitByHand(t, {});
  free.resolve({ error });
  t.match(free.faults, [{ code: 'ERR_PORT_HOST', host: 'app' }]);
  t.strictSame(free.reports, ['undefined false getaddrinfo ENOTFOUND app']);

  const later = waitByHand(t, { addresses: ['10.0.0.1'] });
  later.resolve({ error });
  t.strictSame(later.faults, [], 'one that had addresses');
  t.equal(later.wait.trouble, error);

  const occupied = waitByHand(t, { state: 'occupied' });
  occupied.resolve({ error });
  t.strictSame(occupied.faults, []);
  t.equal(occupied.wait.trouble, error);
  occupied.resolve({ addresses: ['10.0.0.1'] });
  t.equal(occupied.wait.trouble, undefined);
  occupied.answer('10.0.0.1', READY);
  t.equal(occupied.done(), 1);
});

t.test('the first try of each address is owed its time', async (t) => {
  const resolving = waitByHand(t, { state: 'occupied' });
  const begun = performance.now();
  t.ok(resolving.wait.owed(begun) > 0, 'a name too');
  t.equal(resolving.wait.owed(begun + 1e6), 0);

  const occupied = waitByHand(t, { state: 'occupied', addresses: ['10.0.0.1', '10.0.0.2'], steady: 70 });
  const first = occupied.wait.owed(0);
  t.ok(first >= 70 && first < 500, `${first}`);
  occupied.run(first - 1);
  t.equal(occupied.wait.owed(0), 1);
  occupied.run(first + 1);
  t.equal(occupied.wait.owed(0), 0);
  for (const [lasting, owed] of [
    [0, 70],
    [69, 1],
    [71, 0],
  ] as const) {
    occupied.last(lasting);
    t.equal(occupied.wait.owed(0), owed, `a connection that was made late has lasted for ${lasting} ms`);
  }
  occupied.last(undefined);
  occupied.run(0);
  occupied.answer('10.0.0.1', CLOSED);
  t.equal(occupied.wait.owed(0), first, 'as long as one has no answer');
  occupied.answer('10.0.0.2', CLOSED);
  t.equal(occupied.wait.owed(0), 0);

  const free = waitByHand(t, { addresses: ['10.0.0.1', '10.0.0.2'] });
  t.equal(free.wait.owed(0), Infinity);
  free.answer('10.0.0.1', READY);
  t.equal(free.wait.owed(0), 0, 'one open address is enough');
  const now = waitByHand(t, {
    state: 'occupied',
    target: 'http://app:1/',
    timeout: 0,
    addresses: ['10.0.0.1'],
  });
  t.equal(now.wait.owed(0), Infinity, 'a reply is waited for');
  const bare = waitByHand(t, { state: 'occupied', timeout: 0, addresses: ['10.0.0.1'] });
  t.ok(bare.wait.owed(0) < 500);
});

t.test('of many answers the one of a server that is there is told', async (t) => {
  const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
  const { wait, answer } = waitByHand(t, { state: 'occupied', target: 'http://app:1/', addresses });
  t.equal(wait.reply, '');
  answer('10.0.0.1', CLOSED);
  answer('10.0.0.2', UNREADY);
  answer('10.0.0.3', SILENT);
  t.equal(wait.reply, '503');
  answer('10.0.0.2', CLOSED);
  t.equal(wait.reply, 'no answer', 'else the last');
});

t.test('a Unix socket is owed its first try, and a reply no time to last', async (t) => {
  const unix = waitByHand(t, { state: 'occupied', target: 'unix:/run/a.sock', timeout: 0, steady: 70 });
  t.ok(unix.wait.owed(0) >= 70 && unix.wait.owed(0) < 500, `${unix.wait.owed(0)}`);
  const http = {
    state: 'occupied',
    target: 'http://app:1/',
    addresses: ['10.0.0.1'],
    timeout: 1000,
  } as const;
  t.equal(waitByHand(t, { ...http, steady: 70 }).wait.owed(0), waitByHand(t, http).wait.owed(0));
});

t.test('a try for occupied keeps its limit, however short, after silence too', async (t) => {
  const { wait, answer, limit } = waitByHand(t, {
    state: 'occupied',
    addresses: ['10.0.0.1'],
    attemptTimeout: 20,
  });
  t.equal(wait.owed(0), 20);
  for (let round = 0; round < 3; round++) answer('10.0.0.1', SILENT);
  t.equal(limit('10.0.0.1'), 20);
});

t.test('what is asked afresh is quiet no longer', async (t) => {
  const { wait, answer } = waitByHand(t, { addresses: ['10.0.0.1', '10.0.0.2'] });
  answer('10.0.0.1', CLOSED);
  answer('10.0.0.2', READY);
  answer('10.0.0.2', CLOSED);
  t.equal(wait.isQuiet, false);
  answer('10.0.0.1', CLOSED);
  t.equal(wait.isQuiet, true);
});

t.test('a name of which nothing is known is neither quiet nor owed more than one try', async (t) => {
  const { wait, resolve } = waitByHand(t, { state: 'free' });
  t.equal(wait.isQuiet, false);
  wait.close();
  const occupied = waitByHand(t, { state: 'occupied' });
  const now = performance.now();
  t.ok(occupied.wait.owed(now) > 0);
  occupied.resolve({ error: new Error('ENOTFOUND') });
  t.equal(occupied.wait.owed(now), 0, 'it was tried');
  t.equal(occupied.wait.trouble?.message, 'ENOTFOUND');
  resolve({ addresses: [] });
  t.equal(wait.isQuiet, false);
});

t.test('a wait that is closed leaves its name and its addresses', async (t) => {
  const { wait, left, isWatched } = waitByHand(t, { addresses: ['10.0.0.1', '0.0.0.0'] });
  t.equal(isWatched(), true);
  wait.close();
  t.equal(isWatched(), false);
  t.strictSame(left, ['10.0.0.1', '127.0.0.1'], 'a wildcard is asked at its loopback');
  wait.close();
  t.equal(left.length, 2);
});

t.test('a Unix socket is one address, its path', async (t) => {
  const { wait, answer, done } = waitByHand(t, { target: 'unix:/run/a.sock' });
  t.equal(wait.isQuiet, false);
  answer('/run/a.sock', CLOSED);
  t.equal(done(), 1);
});

t.test('an error that `onAttempt` throws ends the wait', async (t) => {
  const error = new Error('enough');
  const { TargetWait } = t.mockRequire<typeof import('../../lib/wait/target-wait')>(
    '../../lib/wait/target-wait',
    {},
  );
  let subscriber: Subscriber | undefined;
  const pulse = {
    subscribe: (spot: Spot, one: Subscriber) => {
      subscriber = one;
      return { spot };
    },
    unsubscribe: () => {},
  };
  const faults: unknown[] = [];
  const onAttempt = () => {
    throw error;
  };
  const wait = new TargetWait(
    new HostPort('127.0.0.1', 7000),
    planWait('occupied', { onAttempt }),
    pulse as never,
    { onDone: () => {}, onFault: (fault) => faults.push(fault) },
  );
  subscriber?.onAnswer(CLOSED);
  t.strictSame(faults, [error]);
  wait.close();
});
