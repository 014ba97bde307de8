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
  t.ok(pauses > 3, `${pauses} pauses: they begin with a millisecond`);

  const later = new LockWait('/a.conf', 30);
  const pauseLater = async () => {
    for (let rounds = 0; rounds < MOST; rounds++) await later.pause('locked');
  };
  await t.rejects(pauseLater(), { name: 'ConfigLockedError', message: /locked/ });
});

t.test('without time there is no pause', (t) => {
  t.throws(() => new LockWait('/a.conf', 0).pauseSync('locked'), ConfigLockedError);
  t.end();
});
