import t from 'tap';
import { selectRandomSync } from '../../lib/pick/pick';
import { mark, PortSet, toPortSet } from '../../lib/ports/port-set';
import type { PortSpec } from '../../lib/ports/port-spec';
import { availableGoodPorts } from '../../lib/registry/good-ports';

t.test('a set holds what its specification names, in ascending order', async (t) => {
  const set = new PortSet(['9000', 8002, { low: 8000, high: 8001 }, new PortSet('65535'), [1]]);
  t.strictSame([...set], [1, 8000, 8001, 8002, 9000, 65535]);
  t.strictSame([...set.values()], [...set]);
  t.equal(set.size, 6);
  t.equal(set.toString(), '1,8000-8002,9000,65535');
  t.equal(JSON.stringify(new PortSet('7-9')), '[7,8,9]');
});

t.test('has says whether a port is in the set, false for what is no port', async (t) => {
  const set = new PortSet(['1', '8000-8002', '65535']);
  for (const port of [1, 8000, 8001, 8002, 65535]) t.equal(set.has(port), true);
  for (const port of [0, 2, 7999, 8003, 65534, 65536, 70000, -1, 1.5, Number.NaN])
    t.equal(set.has(port), false);
});

t.test('the empty set and the full set', async (t) => {
  const empty = new PortSet();
  t.equal(empty.size, 0);
  t.strictSame([...empty], []);
  t.strictSame(empty.ranges(), []);
  t.equal(empty.toString(), '');

  const full = new PortSet('1-65535');
  t.equal(full.size, 65535);
  t.equal(full.has(0), false);
  t.strictSame(full.ranges(), [{ low: 1, high: 65535 }]);
  t.equal(full.toString(), '1-65535');
  t.equal(full.difference(full).size, 0);
});

t.test('ranges are runs of neighbours, across bytes and words', async (t) => {
  for (const text of [
    '1',
    '31',
    '32',
    '31-32',
    '7-8',
    '1-31,33-63',
    '64-127',
    '65535',
    '65504-65535',
    '1,3,5,7,9',
  ]) {
    t.equal(new PortSet(text).toString(), text);
  }
  t.equal(new PortSet('10-20,21,22-30').toString(), '10-30');
});

t.test('text, ranges and iteration all make the same set again', async (t) => {
  const set = randomSet(0.3);
  for (const copy of [set.toString(), set.ranges(), [...set], set.toJSON()]) {
    t.strictSame(new PortSet(copy).bits, set.bits);
  }
});

t.test('union, intersection and difference do as those of an ES set', async (t) => {
  for (const [mine, theirs] of [
    [0.5, 0.5],
    [0.001, 0.9],
    [0.99, 0.01],
  ] as const) {
    const [a, b] = [randomSet(mine), randomSet(theirs)];
    const [setOfA, setOfB] = [new Set(a), new Set(b)];
    t.equal(a.size, setOfA.size);
    t.strictSame(
      [...a.intersection(b)],
      [...setOfA].filter((port) => setOfB.has(port)),
    );
    t.strictSame(
      [...a.difference(b)],
      [...setOfA].filter((port) => !setOfB.has(port)),
    );
    t.strictSame(
      [...a.union(b)],
      [...new Set([...setOfA, ...setOfB])].sort((x, y) => x - y),
    );
  }
});

t.test('set algebra takes any specification and leaves its operands alone', async (t) => {
  const set = new PortSet('10-20');
  t.equal(set.union('25,5').toString(), '5,10-20,25');
  t.equal(set.intersection({ low: 15, high: 30 }).toString(), '15-20');
  t.equal(set.difference([12, '14-15']).toString(), '10-11,13,16-20');
  t.equal(set.toString(), '10-20');
  t.throws(() => set.union('abc'), { name: 'RangeError', message: /^other "abc" is not a port/ });
  t.throws(() => set.union(null as unknown as PortSpec), {
    name: 'TypeError',
    message: /^other must be a port/,
  });
});

t.test('a set made from a set or from bits does not share them', async (t) => {
  const bits = new Uint8Array(8192);
  bits[1] = 0b101;
  const set = PortSet.fromBits(bits);
  const copy = new PortSet(set);
  bits.fill(0xff);
  t.equal(set.toString(), '8,10');
  t.equal(copy.toString(), '8,10');
  t.not(copy.bits, set.bits);
});

t.test('what is done to the bits that a set gave away leaves every set alone', async (t) => {
  const text = availableGoodPorts().toString();
  availableGoodPorts().bits.fill(0);
  const { bits } = availableGoodPorts();
  structuredClone(bits, { transfer: [bits.buffer as ArrayBuffer] });
  t.equal(availableGoodPorts().toString(), text);
  t.ok(availableGoodPorts().has(selectRandomSync()));
});

t.test('bits that are no bitmap are refused, and bit 0 is no port', async (t) => {
  for (const bits of [
    undefined,
    null,
    [],
    new Uint8Array(8191),
    new Uint8Array(8193),
    new Uint16Array(4096),
  ]) {
    t.throws(() => PortSet.fromBits(bits as never), {
      name: 'TypeError',
      message: /^bits must be a Uint8Array of 8192 bytes, not /,
    });
  }
  const full = PortSet.fromBits(new Uint8Array(8192).fill(0xff));
  t.equal(full.size, 65535);
  t.equal(full.has(0), false);
});

t.test('a proxy of a set is no set, and told so', async (t) => {
  const proxy = new Proxy(new PortSet('1-9'), {});
  const message = /^set must be a PortSet itself, rather than a Proxy of one/;
  for (const use of [
    () => new PortSet(proxy),
    () => new PortSet(1).union(proxy),
    () => proxy.has(1),
    () => proxy.size,
    () => proxy.bits,
    () => `${proxy}`,
    () => [...proxy],
  ]) {
    t.throws(use, { name: 'TypeError', code: 'ERR_PORT_INVALID_TYPE', message });
  }
  t.throws(() => new PortSet(null as never), {
    name: 'TypeError',
    message: /^ports must be a port, .* not null$/,
  });
});

t.test('a specification becomes a set, a set stays itself', async (t) => {
  const set = new PortSet(80);
  t.equal(toPortSet(set, 'ports'), set);
  t.equal(toPortSet('80-81', 'ports').size, 2);
  t.throws(() => toPortSet(0, 'exclude'), { name: 'RangeError', message: /^exclude 0 is out of range/ });
});

/** About `share` of all ports, the same ones in every run of the tests. */
function randomSet(share: number): PortSet {
  const ports: number[] = [];
  for (let port = 1; port <= 65535; port++) if (random() < share) ports.push(port);
  return new PortSet(ports);
}

let seed = 1;

function random(): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}

t.test('a port that is added or removed counts, each once', async (t) => {
  const set = new PortSet('80');
  t.equal(set.size, 1);
  for (const port of [81, 81, 80]) mark(set, port, true);
  t.strictSame([set.size, [...set]], [2, [80, 81]]);
  for (const port of [80, 80, 7000]) mark(set, port, false);
  t.strictSame([set.size, [...set]], [1, [81]]);
  const uncounted = new PortSet('80');
  mark(uncounted, 65_535, true);
  t.equal(uncounted.size, 2);
});
