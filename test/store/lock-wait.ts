import t from 'tap';
import { ConfigLockedError } from '../../lib/store/errors';
import { LockWait } from '../../lib/store/lock-wait';
import { now } from '../../lib/timing/clock';

const MOST = 100;

t.test('pauses go on until the time is up, and the error says what was in the way', async (t) => {
  const wait = new LockWait('/a.conf', 30);
  const start = now();
  let pauses = 0;
  const pauseOften = () => {
    for (; pauses < MOST; pauses++) wait.pauseSync('written');
  };
  t.throws(pauseOften, {
    name: 'ConfigLockedError',
    message: /^\/a\.conf is still being written by another process after 0\.03 s/,
  });
  t.ok(now() - start >= 29);
  t.ok(pauses > 0);

  const later = new LockWait('/a.conf', 30);
  const pauseLater = async () => {
    for (let rounds = 0; rounds < MOST; rounds++) await later.pause('locked');
  };
  await t.rejects(pauseLater(), { name: 'ConfigLockedError', message: /locked/ });
});

t.test('pauses begin with a millisecond and double, up to 50 ms', (t) => {
  const pauses: number[] = [];
  let time = 0;
  t.intercept(process.hrtime, 'bigint', { value: () => BigInt(Math.round(time * 1e6)) });
  const { LockWait } = t.mockRequire<typeof import('../../lib/store/lock-wait')>(
    '../../lib/store/lock-wait',
    {
      '../../lib/timing/sleep': {
        sleepSync: (ms: number) => {
          pauses.push(ms);
          time += ms;
        },
      },
    },
  );
  const wait = new LockWait('/a.conf', 300);
  t.throws(
    () => {
      while (pauses.length < MOST) wait.pauseSync('locked');
    },
    { code: 'ERR_PORT_CONFIG_LOCKED' },
  );
  const last = pauses.pop() ?? 0;
  for (const [index, pause] of pauses.entries()) {
    const longest = Math.min(2 ** index, 50);
    t.ok(pause >= longest / 2 && pause <= longest, `pause ${index} of ${pause} ms`);
  }
  t.ok(last <= 50);
  t.ok(Math.abs(time - 300) < 0.01, `${time} ms in all`);
  t.end();
});

t.test('without time there is no pause', (t) => {
  t.throws(() => new LockWait('/a.conf', 0).pauseSync('locked'), ConfigLockedError);
  t.end();
});
