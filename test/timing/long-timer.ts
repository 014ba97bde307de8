import t from 'tap';
import { LONGEST_DELAY, startTimer } from '../../lib/timing/long-timer';

t.test('a delay that Node has no timer for is waited for in parts', (t) => {
  const set: { delay: number; ring: () => void }[] = [];
  const cleared: unknown[] = [];
  let time = 1000;
  let rung = 0;
  const { startTimer: start } = t.mockRequire<typeof import('../../lib/timing/long-timer')>(
    '../../lib/timing/long-timer',
    { '../../lib/timing/clock': { now: () => time } },
  );
  const { setTimeout, clearTimeout } = globalThis;
  Object.assign(globalThis, {
    setTimeout: (ring: () => void, delay: number) => set.push({ delay, ring }),
    clearTimeout: (timer: unknown) => cleared.push(timer),
  });
  try {
    const stop = start(LONGEST_DELAY + 5000, () => rung++);
    time += LONGEST_DELAY;
    set[0]?.ring();
    time += 5000;
    set[1]?.ring();
    stop();
    start(LONGEST_DELAY, () => {});
    start(-5, () => {});
    // It would keep the process alive.
    start(Infinity, () => {});
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
  }
  t.strictSame(
    set.map(({ delay }) => delay),
    [LONGEST_DELAY, 5000, LONGEST_DELAY, 0],
  );
  t.strictSame([rung, cleared], [1, [2]]);
  t.end();
});

t.test('a timer rings once, and not when it was stopped', async (t) => {
  const rung: string[] = [];
  startTimer(1, () => rung.push('first'));
  startTimer(1, () => rung.push('stopped'))();
  startTimer(Infinity, () => rung.push('never'))();
  await new Promise((resolve) => setTimeout(resolve, 30));
  t.strictSame(rung, ['first']);
});
