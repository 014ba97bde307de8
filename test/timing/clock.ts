import t from 'tap';
import { now } from '../../lib/timing/clock';

t.test('the clock counts milliseconds and never runs back', async (t) => {
  const [before, start] = [performance.now(), now()];
  await new Promise((resolve) => setTimeout(resolve, 20));
  const [end, after] = [now(), performance.now()];
  t.ok(end - start >= 19);
  t.ok(end - start <= after - before);
});
