import { setImmediate as tick } from 'node:timers/promises';
import t from 'tap';
import type { Answer } from '../../lib/wait/answer';
import { MOST_UNDER_WAY } from '../../lib/wait/pace';
import { Budget, Pulse } from '../../lib/wait/pulse';

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
