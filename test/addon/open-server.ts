import { closeSync } from 'node:fs';
import t, { type Test } from 'tap';
import type { LeaseHandle } from '../../lib/addon/contract';
import { pickSync } from '../../lib/pick/judged-pick';
import { NOT_BESIDE, noInterfaceTies } from '../support/sockets';

/** A port that is held exclusively on every address. */
function hold(t: Test): LeaseHandle {
  const [held] = pickSync(1, {}, 'exclusive').leases;
  if (held === undefined) throw new Error('no port is free');
  t.teardown(() => held.release());
  return held;
}

t.test('a port has one server at a time, wherever', { skip: NOT_BESIDE }, async (t) => {
  const held = hold(t);
  const { fd, way } = held.openServer('tcp', '', false);
  t.equal(way, 'held');
  for (const address of ['', '127.0.0.1'])
    t.throws(
      () => held.openServer('tcp', address, false),
      { code: 'ERR_PORT_SYSTEM', systemCode: 'EADDRINUSE' },
      address,
    );
  closeSync(fd);
  held.endListening();
  closeSync(held.openServer('tcp', '', false).fd);
});

t.test(
  'behind a server beside it the held socket is as before',
  { skip: noInterfaceTies() || (process.geteuid?.() === 0 ? false : 'only root can untie a socket of TCP') },
  async (t) => {
    const held = hold(t);
    for (const [address, expected] of [
      ['127.0.0.1', 'kept'],
      ['', 'held'],
    ] as const) {
      const { fd, way } = held.openServer('tcp', address, false);
      t.equal(way, expected, address);
      closeSync(fd);
    }
  },
);
