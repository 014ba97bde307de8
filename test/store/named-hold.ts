import '../support/alone';

import t from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { NamedHold } from '../../lib/store/named-hold';
import { canBePlainlyBound } from '../support/sockets';

/** A port that was free a moment ago. */
function freePort(): number {
  const lease = leaseSync();
  lease.release();
  return lease.port;
}

t.test('a port that is picked is held at once, and is the lease of its name', async (t) => {
  for (const settle of ['settle', 'settleSync'] as const) {
    const hold = NamedHold.atOnce({});
    const port = hold.pick({});
    t.equal(canBePlainlyBound(port), false);
    const lease = await hold[settle]('web', port);
    t.match(lease, { port, released: false });
    lease.release();
    t.equal(canBePlainlyBound(port), true);
  }
});

t.test('a port that was picked in vain is given back', async (t) => {
  for (const settle of ['settle', 'settleSync'] as const) {
    const hold = NamedHold.atOnce({});
    const picked = hold.pick({});
    const port = freePort();
    // As where another writer has given the name a port meanwhile.
    const lease = await hold[settle]('web', port);
    t.equal(lease.port, port);
    t.equal(canBePlainlyBound(picked), true);
    lease.release();
  }
});

t.test('a new decision holds one port, the first one where that is still possible', async (t) => {
  const hold = NamedHold.atOnce({});
  const first = hold.pick({});
  t.equal(hold.pick({ exclude: [] }), first);
  t.equal(hold.pick({ ports: first }), first);
  const second = hold.pick({ exclude: [first] });
  t.not(second, first);
  t.equal(canBePlainlyBound(first), true);
  t.equal(canBePlainlyBound(second), false);
  hold.release();
  t.equal(canBePlainlyBound(second), true);
});
