import '../support/alone';

import t from 'tap';
import { addon } from '../../lib/addon/addon';
import { leaseSync } from '../../lib/lease/lease';
import { type Choice, hold } from '../../lib/pool/choose';
import { PortSet } from '../../lib/ports/port-set';
import { canBePlainlyBound } from '../support/sockets';

/** The first of so many good ports in a row, which nobody uses now. */
function freeRun(count: number): number {
  for (;;) {
    const first = leaseSync();
    first.release();
    const ports = Array.from({ length: count }, (_, index) => first.port + index);
    if (ports.every((port) => port < 32_000 && canBePlainlyBound(port, 'both'))) return first.port;
  }
}

const ONE: Choice = { count: 1, contiguous: false, prefer: [], transports: ['tcp'], host: undefined };

/** The ports that are held by a choice, which are let go, as places in a run. */
function placesHeld(low: number, count: number, choice: Partial<Choice>, by = hold): number[] {
  const leases = by(new PortSet({ low, high: low + count - 1 }), { ...ONE, ...choice });
  for (const lease of leases) lease.release();
  return leases.map(({ port }) => port - low);
}

t.test('of preferred ports as many are held as are wanted, and candidates alone', (t) => {
  const low = freeRun(4);
  t.strictSame(placesHeld(low, 3, { prefer: [low + 2, low + 1, low] }), [2]);
  t.strictSame(placesHeld(low, 3, { count: 2, prefer: [low + 2, low + 1, low] }), [2, 1]);
  t.strictSame(placesHeld(low, 1, { prefer: [low + 3] }), [0]);
  t.strictSame(placesHeld(low, 3, { count: 3, prefer: [low + 2] }).sort(), [0, 1, 2]);
  t.end();
});

t.test('neighbours begin at a preferred port, if all are candidates, else anywhere', (t) => {
  const low = freeRun(12);
  const two = { count: 2, contiguous: true };
  t.strictSame(placesHeld(low, 12, { ...two, prefer: [low + 7] }), [7, 8]);
  t.strictSame(placesHeld(low, 2, { ...two, prefer: [low + 1] }), [0, 1]);
  let random = 0;
  t.intercept(Math, 'random', { value: () => random });
  t.strictSame(placesHeld(low, 12, two), [0, 1]);
  random = 0.999;
  t.strictSame(placesHeld(low, 12, two), [10, 11]);
  t.end();
});

t.test('every run is tried where no table says which ports are used', (t) => {
  const low = freeRun(7);
  using _ = leaseSync({ ports: low + 1 });
  const withoutTable = new Proxy(addon, {
    get: (target, name) => (name === 'tablePorts' ? () => undefined : Reflect.get(target, name)),
  });
  const { hold: holdBlindly } = t.mockRequire<typeof import('../../lib/pool/choose')>(
    '../../lib/pool/choose',
    { '../../lib/addon/addon': { addon: withoutTable } },
  );
  t.intercept(Math, 'random', { value: () => 0 });
  const three = { count: 3, contiguous: true };
  t.strictSame(placesHeld(low, 7, three, holdBlindly), [4, 5, 6]);
  t.strictSame(placesHeld(low, 5, three, holdBlindly), [2, 3, 4]);
  t.throws(() => placesHeld(low, 4, three, holdBlindly), {
    code: 'ERR_PORT_NONE_FREE',
    message: /^no 3 neighbouring ports are free among the 4 candidates: /,
  });
  t.end();
});

t.test('both transports are held, and at the host alone', (t) => {
  const low = freeRun(1);
  const [both] = hold(new PortSet(low), { ...ONE, transports: ['tcp', 'udp'], prefer: [low] });
  t.strictSame([both?.holds('tcp'), both?.holds('udp')], [true, true]);
  both?.release();
  const [local] = hold(new PortSet(low), { ...ONE, host: '127.0.0.1' });
  t.equal(local?.host, '127.0.0.1');
  local?.release();
  t.end();
});

t.test('what keeps every port from being held is said at once', (t) => {
  for (const choice of [{ count: 2, contiguous: true }, { prefer: [20_001] }])
    t.throws(() => hold(new PortSet('20000-20009'), { ...ONE, ...choice, host: '192.0.2.1' }), {
      code: 'ERR_PORT_HOST',
    });
  t.throws(() => hold(new PortSet(), { ...ONE, count: 3 }), {
    code: 'ERR_PORT_NONE_FREE',
    wanted: 3,
    found: 0,
  });
  using used = leaseSync();
  const one = { ...ONE, contiguous: true };
  t.throws(() => hold(new PortSet(used.port), one), { message: /^port \d+ is in use/ });
  t.end();
});
