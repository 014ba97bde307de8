import t from 'tap';
import { now } from '../../lib/timing/clock';
import { sleepSync } from '../../lib/timing/sleep';

t.test('the thread stands still for so long, and no turn of the event loop comes between', async (t) => {
  let turns = 0;
  setImmediate(() => turns++);
  const start = now();
  sleepSync(30);
  t.ok(now() - start >= 29);
  t.equal(turns, 0);
});
