import { setImmediate as tick } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { Answer } from '../../lib/wait/answer';
import type { Spot } from '../../lib/wait/endpoint';
import { MOST_UNDER_WAY } from '../../lib/wait/pace';
import { Budget, Pulse } from '../../lib/wait/pulse';
import { collectGarbage } from '../support/collect-garbage';
import { stopTime } from '../support/stopped-time';

function takeAll(budget: Budget, now: number): number {
  let count = 0;
  while (budget.take(now)) count++;
  return count;
}

t.test('a burst at first, then so many a second', async (t) => {
  const budget = new Budget({ perSecond: 100, burst: 5 });
  t.equal(takeAll(budget, 0), 5);
  t.equal(budget.nextAt, 10);
  t.equal(takeAll(budget, 9), 0);
  t.equal(takeAll(budget, 10.5), 1);
  let taken = 0;
  for (let now = 11; now <= 1010; now++) taken += takeAll(budget, now);
  t.ok(Math.abs(taken - 100) <= 1);
  t.equal(takeAll(budget, 100_000), 5);
});

t.test('no more tries than the limit are under way, and each spot gets its turn', async (t) => {
  const pulse = new Pulse();
  const underWay = new Set<(answer: Answer) => void>();
  const tried = new Set<string>();
  let most = 0;
  const subscriber = { limit: 1000, onAnswer: () => {} };
  const endpoints = Array.from({ length: 2 * MOST_UNDER_WAY + 10 }, (_, index) => {
    const key = `${index}`;
    const dial = (_: number, done: (answer: Answer) => void) => {
      tried.add(key);
      underWay.add(done);
      most = Math.max(most, underWay.size);
      return { cancel: () => underWay.delete(done) };
    };
    return pulse.subscribe(
      { key, address: key, port: 1, isLocal: false, isInTable: false, dial },
      subscriber,
    );
  });
  while (tried.size < endpoints.length) {
    await tick();
    for (const done of [...underWay].slice(0, 50)) {
      underWay.delete(done);
      done({ verdict: 'closed', reason: '' });
    }
  }
  t.equal(most, MOST_UNDER_WAY);
  for (const endpoint of endpoints) pulse.unsubscribe(endpoint, subscriber);
  t.equal(underWay.size, 0);
});

t.test('one try at a time for all that want to know of a spot', async (t) => {
  const pulse = new Pulse();
  let underWay = 0;
  let tries = 0;
  const dial = (_: number, done: (answer: Answer) => void) => {
    t.equal(++underWay, 1);
    tries++;
    setTimeout(() => {
      underWay--;
      done({ verdict: 'closed', reason: '' });
    }, 2);
    return { cancel: () => {} };
  };
  const spot = { key: 'a', address: 'a', port: 1, isLocal: false, isInTable: false, dial };
  const answers = Array.from({ length: 20 }, () => {
    const subscriber = { limit: 10, onAnswer: () => {} };
    return new Promise<() => void>((resolve) => {
      const endpoint = pulse.subscribe(spot, subscriber);
      subscriber.onAnswer = () => resolve(() => pulse.unsubscribe(endpoint, subscriber));
    });
  });
  for (const leave of await Promise.all(answers)) leave();
  t.ok(tries <= 2, `${tries}`);
});

const CLOSED: Answer = { verdict: 'closed', reason: 'ECONNREFUSED' };

/** A pulse whose socket table says what the test says, and what it asks of it. */
function pulseByHand(t: Test, hasTable = true) {
  const asked: unknown[] = [];
  let watches = 0;
  let tell = (_: readonly number[]) => {};
  const watch = {
    add: (...words: unknown[]) => asked.push(['add', ...words]),
    remove: (number: number) => asked.push(['remove', number]),
    hurry: () => asked.push('hurry'),
    stop: () => asked.push('stop'),
  };
  const watchListeners = (_: unknown, onChange: typeof tell) => {
    watches++;
    tell = onChange;
    return hasTable ? watch : undefined;
  };
  const { Pulse } = t.mockRequire<typeof import('../../lib/wait/pulse')>('../../lib/wait/pulse', {
    '../../lib/addon/optional-addon': { optionalAddon: () => ({ watchListeners }) },
  });
  return { pulse: new Pulse(), asked, watches: () => watches, tell: (...changes: number[]) => tell(changes) };
}

/** A spot that answers each try so after a ms, and counts them. */
function spotThat(answer: Answer, port = 1, isInTable = true): Spot & { tries: number } {
  const spot = {
    key: `127.0.0.1 ${port}`,
    address: '127.0.0.1',
    port,
    isLocal: true,
    isInTable,
    tries: 0,
    dial: (_: number, done: (answer: Answer) => void) => {
      spot.tries++;
      const timer = setTimeout(() => done(answer), 1);
      return { cancel: () => clearTimeout(timer) };
    },
  };
  return spot;
}

/** Lets so many ms pass, and what is put off to the end of a turn happen in each. */
async function live(pass: (ms: number) => void, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed++) {
    await Promise.resolve();
    pass(1);
  }
  await Promise.resolve();
}

const subscriber = () => ({ limit: 1000, onAnswer: () => {} });

t.test('the socket table is watched for what has been tried, until nobody waits for it', async (t) => {
  const { pass, timers } = stopTime(t);
  const { pulse, asked, watches } = pulseByHand(t);
  const [one, other, remote] = [spotThat(CLOSED, 1), spotThat(CLOSED, 2), spotThat(CLOSED, 3, false)];
  const [first, second, third] = [subscriber(), subscriber(), subscriber()];
  const endpoint = pulse.subscribe(one, first);
  pulse.subscribe(remote, third);
  await Promise.resolve();
  t.strictSame([one.tries, asked], [1, []], 'the first try is made without it');
  await live(pass, 50);
  t.strictSame(asked, [['add', 1, '127.0.0.1', 1]], 'once');
  t.equal(pulse.subscribe(one, second), endpoint);
  t.strictSame(asked.splice(0), [['add', 1, '127.0.0.1', 1], 'hurry'], 'who comes later is in a hurry too');
  const otherEndpoint = pulse.subscribe(other, first);
  await live(pass, 50);
  t.strictSame(asked.splice(0), [['add', 2, '127.0.0.1', 2]]);
  pulse.unsubscribe(endpoint, second);
  t.strictSame(asked, [], 'one still waits for it');
  pulse.unsubscribe(endpoint, first);
  t.strictSame(asked.splice(0), [['remove', 1]]);
  pulse.unsubscribe(otherEndpoint, first);
  t.strictSame(asked.splice(0), [['remove', 2]]);
  t.equal(pulse.subscribe(remote, first).isWanted, true);
  const remoteEndpoint = pulse.subscribe(remote, third);
  pulse.unsubscribe(remoteEndpoint, first);
  pulse.unsubscribe(remoteEndpoint, third);
  t.strictSame(asked.splice(0).at(-1), 'stop');
  t.equal(timers.size, 0, 'nothing is left to do');
  await live(pass, 10);
  t.equal(watches(), 1);

  const again = pulse.subscribe(one, first);
  t.not(again, endpoint, 'what was seen of old is forgotten');
  await live(pass, 10);
  t.equal(watches(), 2);
  t.strictSame(asked.splice(0), [['add', 3, '127.0.0.1', 1]]);
  pulse.unsubscribe(again, first);
});

t.test('a change of the socket table makes a try at once', async (t) => {
  const { pass } = stopTime(t);
  const { pulse, tell } = pulseByHand(t);
  const spots = [spotThat(CLOSED, 1), spotThat(CLOSED, 2)] as const;
  const endpoints = spots.map((spot) => pulse.subscribe(spot, subscriber()));
  await live(pass, 2);
  tell(1, 0, 2, 0);
  await live(pass, 2000);
  const tries = () => spots.map((spot) => spot.tries);
  for (const [changes, more] of [
    [
      [1, 1],
      [1, 0],
    ],
    [
      [2, 1],
      [0, 1],
    ],
    [
      [2, 0, 1, 0],
      [1, 1],
    ],
    [
      [1, 1],
      [1, 0],
    ],
    [
      [1, -1],
      [0, 0],
    ],
    [
      [1, 0],
      [0, 0],
    ],
    [
      [17, 1],
      [0, 0],
    ],
  ] as const) {
    while (endpoints.some(({ isBusy }) => isBusy)) pass(0.5);
    const [one = 0, other = 0] = tries();
    tell(...changes);
    await Promise.resolve();
    t.strictSame(tries(), [one + more[0], other + more[1]], `${changes}`);
    pass(1);
  }
  for (const endpoint of endpoints) t.equal(endpoint.isWanted, true);
});

t.test('without a socket table, which is asked for once, tries alone tell', async (t) => {
  const { pass } = stopTime(t);
  const { pulse, watches } = pulseByHand(t, false);
  const spot = spotThat(CLOSED);
  const waits = [subscriber(), subscriber()];
  for (const wait of waits) pulse.subscribe(spot, wait);
  pulse.subscribe(spotThat(CLOSED, 2), subscriber());
  await live(pass, 100);
  t.ok(spot.tries > 5, `${spot.tries} tries`);
  t.equal(watches(), 1);
});

t.test('all repeated tries of the process share a budget, and each spot has its turn', async (t) => {
  for (const [hasTable, most] of [
    [false, 50 + 250],
    [true, 15 + 15],
  ] as const) {
    const { pass } = stopTime(t);
    const { pulse, tell } = pulseByHand(t, hasTable);
    const spots = Array.from({ length: 100 }, (_, index) => spotThat(CLOSED, index + 1));
    for (const spot of spots) pulse.subscribe(spot, subscriber());
    await live(pass, 2);
    const changes = spots.flatMap((_, index) => [index + 1, 0]);
    if (hasTable) tell(...changes);
    const countTries = () => spots.map((spot) => spot.tries);
    const before = countTries().reduce((sum, count) => sum + count);
    await live(pass, 998);
    const tries = countTries();
    const repeats = tries.reduce((sum, count) => sum + count) - before;
    t.ok(repeats <= most && repeats > most / 2, `${repeats} repeated tries`);
    t.ok(Math.max(...tries) - Math.min(...tries) <= 1, 'in turn');
  }
});

t.test('where as many tries as may be are under way, the end of one begins the next', async (t) => {
  const { pass } = stopTime(t);
  const { pulse } = pulseByHand(t, false);
  const begun: ((answer: Answer) => void)[] = [];
  for (let port = 1; port <= MOST_UNDER_WAY + 2; port++) {
    const spot = spotThat(CLOSED, port, false);
    const dial: Spot['dial'] = (_, done) => {
      begun.push(done);
      return { cancel: () => {} };
    };
    pulse.subscribe({ ...spot, dial }, subscriber());
  }
  await Promise.resolve();
  t.equal(begun.length, MOST_UNDER_WAY);
  for (const more of [1, 2]) {
    begun[more]?.(CLOSED);
    await Promise.resolve();
    t.equal(begun.length, MOST_UNDER_WAY + more, 'at once, and no more than that');
  }
  begun[3]?.(CLOSED);
  await live(pass, 30);
  t.equal(begun.length, MOST_UNDER_WAY + 3, 'there is room for one to be tried again');
});

t.test('a try that is due soon is not put off by one that is due later', async (t) => {
  const { pass } = stopTime(t);
  const { pulse } = pulseByHand(t, false);
  const later = spotThat({ verdict: 'ready', reason: '' }, 1, false);
  // Its answers come between those of the other, which come after 1 ms.
  const dial: Spot['dial'] = (limit, done) => later.dial(limit, (answer) => setTimeout(done, 1.5, answer));
  pulse.subscribe({ ...later, dial }, subscriber());
  await live(pass, 5000);
  const soon = spotThat(CLOSED, 2, false);
  pulse.subscribe(soon, subscriber());
  const before = later.tries;
  await live(pass, 110);
  t.ok(later.tries > before + 1, 'each 50 ms');
  t.ok(soon.tries > 40, `${soon.tries} tries, each 2 ms`);
});

t.test('a try that hangs puts none off', async (t) => {
  const { pass } = stopTime(t);
  const { pulse } = pulseByHand(t, false);
  const tried: number[] = [];
  const spots = [spotThat(CLOSED, 1, false), spotThat({ verdict: 'ready', reason: '' }, 2, false)] as const;
  for (const spot of spots) {
    const dial: Spot['dial'] = (limit, done) => {
      tried.push(spot.port);
      return spot.dial(limit, done);
    };
    pulse.subscribe({ ...spot, dial }, subscriber());
  }
  await live(pass, 5000);
  do {
    while (tried.at(-1) !== 1) await live(pass, 1);
    while (tried.at(-1) !== 2) await live(pass, 1);
    await live(pass, 2);
  } while (tried.at(-1) !== 2);
  pulse.subscribe({ ...spotThat(CLOSED, 3), dial: () => ({ cancel: () => {} }) }, subscriber());
  const before = spots[0].tries;
  await live(pass, 21);
  t.equal(spots[0].tries, before + 1, 'each 20 ms');
});

t.test('what was waited for is forgotten, though other waits go on', async (t) => {
  const { pass } = stopTime(t);
  const { pulse, asked } = pulseByHand(t);
  pulse.subscribe(spotThat(CLOSED, 1), subscriber());
  const leave = async () => {
    const wait = subscriber();
    const endpoint = pulse.subscribe(spotThat(CLOSED, 2), wait);
    await live(pass, 10);
    pulse.unsubscribe(endpoint, wait);
    return new WeakRef(endpoint);
  };
  const left = await leave();
  t.strictSame(asked.at(-1), ['remove', 2]);
  for (let round = 0; round < 10 && left.deref() !== undefined; round++) await collectGarbage();
  t.equal(left.deref(), undefined);
});
