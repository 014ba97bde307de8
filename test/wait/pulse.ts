import t from 'tap';
import { Budget } from '../../lib/wait/pulse';

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
