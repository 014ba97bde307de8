import '../support/alone';

import { createServer } from 'node:net';
import t, { type Test } from 'tap';
import type { Pick, PickRequest } from '../../lib/addon/contract';
import { leaseManySync, leaseSync } from '../../lib/lease/lease';
import { pickInOrder, pickInOrderSync } from '../../lib/pick/order';
import { allocate, allocateSync, selectRandom, selectRandomSync } from '../../lib/pick/pick';
import { PortSet } from '../../lib/ports/port-set';
import { canBePlainlyBound } from '../support/sockets';

/** Free ports in ascending order, the first of which is taken. */
function firstTaken(t: Test): [taken: number, ...free: number[]] {
  const [taken = 0, ...free] = allocateSync(4).sort((a, b) => a - b);
  const held = leaseSync({ ports: taken });
  t.teardown(() => held.release());
  return [taken, ...free];
}

t.test('the lowest free ports come first when the order is ascending', async (t) => {
  const [taken, ...free] = firstTaken(t);
  const ports = [...free, taken].reverse();
  t.equal(selectRandomSync({ ports, order: 'ascending' }), free[0]);
  t.equal(await selectRandom({ ports, order: 'ascending' }), free[0]);
  t.strictSame(allocateSync(3, { ports, order: 'ascending' }), free);
});

t.test('the order given counts, whatever form the ports have', async (t) => {
  const [taken, low = 0, middle = 0, high = 0] = firstTaken(t);
  const ports = [taken, high, `${low}`, { low: middle, high: middle }, high];
  t.strictSame(allocateSync(3, { ports, order: 'given' }), [high, low, middle]);
  t.strictSame(await allocate(2, { ports, order: 'given', exclude: high }), [low, middle]);
  t.equal(selectRandomSync({ ports: `${taken},${high},${low}`, order: 'given' }), high);
  t.equal(selectRandomSync({ ports: new Set([taken, middle]).values(), order: 'given' }), middle);
});

t.test('a port that is listed twice counts once', async (t) => {
  const [, low = 0] = firstTaken(t);
  const wish = { ports: [low, low], order: 'given' } as const;
  t.throws(() => allocateSync(2, wish), { code: 'ERR_PORT_NONE_FREE', found: 1 });
  await t.rejects(allocate(2, wish), { code: 'ERR_PORT_NONE_FREE', found: 1 });
});

t.test('leases are taken in order, all or none', async (t) => {
  const [taken, low = 0, middle = 0, high = 0] = firstTaken(t);
  const ports = [high, taken, low, middle];
  const held = leaseManySync(2, { ports, order: 'given' });
  t.strictSame(
    held.map(({ port }) => port),
    [high, low],
  );
  t.throws(() => leaseManySync(2, { ports, order: 'given' }), {
    code: 'ERR_PORT_NONE_FREE',
    tried: 4,
    wanted: 2,
    found: 1,
  });
  t.equal(canBePlainlyBound(middle), true, 'the one that was found is let go at once');
  for (const lease of held) lease.release();
  const server = createServer().listen(middle);
  t.teardown(() => server.close());
  t.equal(selectRandomSync({ ports: [middle, low], order: 'given' }), low, 'nothing stayed held');
});

t.test('an aborted pick in order holds nothing', async (t) => {
  const ports = allocateSync(20);
  const reason = new Error('enough');
  const picking = allocate(20, { ports, order: 'given', signal: AbortSignal.abort(reason) });
  await t.rejects(picking, reason);
  t.strictSame(allocateSync(20, { ports }).length, 20);
});

t.test('an order that is none, or of no ports, is refused', async (t) => {
  t.throws(() => selectRandomSync({ order: 'upwards' as 'given' }), {
    code: 'ERR_PORT_INVALID_VALUE',
    message: 'order "upwards" is unknown: expected "random", "ascending" or "given"',
  });
  t.throws(() => selectRandomSync({ order: 'given' }), { code: 'ERR_PORT_INVALID_VALUE' });
  t.throws(() => selectRandomSync({ ports: ['x'], order: 'given' }), { code: 'ERR_PORT_INVALID_VALUE' });
  t.throws(() => selectRandomSync({ ports: '9-8', order: 'given' }), { code: 'ERR_PORT_INVALID_VALUE' });
});

t.test('a pick in order that fails lets go what it held, and counts what was denied', async (t) => {
  let held = 0;
  const pickOne = ({ ports }: PickRequest): Pick => {
    const [port = 0] = PortSet.fromBits(ports);
    if (port === 3) throw new Error('no descriptor is left');
    if (port === 2) return { ports: [], leases: [], denied: 1 };
    held++;
    const lease = { release: () => void held-- } as Pick['leases'][number];
    return { ports: [port], leases: [lease], denied: 0 };
  };
  const request: PickRequest = {
    ports: new PortSet('1-4').bits,
    count: 2,
    hosts: [],
    transports: ['tcp'],
    hold: true,
    reuseAddress: false,
  };
  const pickOneLater = async (one: PickRequest) => pickOne(one);
  t.throws(() => pickInOrderSync([1, 3], request, pickOne), { message: 'no descriptor is left' });
  await t.rejects(pickInOrder([1, 3], request, pickOneLater), { message: 'no descriptor is left' });
  t.equal(held, 0);
  t.match(pickInOrderSync([2, 1], request, pickOne), { ports: [1], denied: 1 });
  t.match(await pickInOrder([2, 1], request, pickOneLater), { ports: [1], denied: 1 });
  t.equal(held, 0, 'all or none');
  t.match(pickInOrderSync([1, 4, 3], request, pickOne), { ports: [1, 4] });
  t.match(await pickInOrder([1, 4, 3], request, pickOneLater), { ports: [1, 4] });
});

t.test('the option of another package is answered with ours', async (t) => {
  t.throws(() => selectRandomSync({ port: 80 } as never), { message: /name the candidates as "ports"/ });
  await t.rejects(allocate(1, { port: [80] } as never), { message: /name the candidates as "ports"/ });
});
