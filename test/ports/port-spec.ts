import t from 'tap';
import { PortSet } from '../../lib/ports/port-set';
import { addPorts, PORT_BITS_LENGTH, type PortSpec } from '../../lib/ports/port-spec';

/** The ports that a specification names, as the bitmap has them. */
function portsOf(spec: PortSpec): number[] {
  const bits = new Uint8Array(PORT_BITS_LENGTH);
  addPorts(bits, spec, 'ports');
  const ports: number[] = [];
  bits.forEach((byte, index) => {
    for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) ports.push(index * 8 + bit);
  });
  return ports;
}

t.test('every form of specification names its ports', async (t) => {
  const forms: [PortSpec, number[]][] = [
    [80, [80]],
    [65535, [65535]],
    ['80', [80]],
    ['8000-8003', [8000, 8001, 8002, 8003]],
    ['9000, 8000 - 8001 ,7', [7, 8000, 8001, 9000]],
    ['7-7', [7]],
    [{ low: 6, high: 9 }, [6, 7, 8, 9]],
    [new Set([3, 1, 2, 3]), [1, 2, 3]],
    [new PortSet('5-6'), [5, 6]],
    [[], []],
    [
      [1, '3-4', { low: 6, high: 6 }, [8, ['10']], new Set([12])],
      [1, 3, 4, 6, 8, 10, 12],
    ],
  ];
  for (const [spec, ports] of forms) t.strictSame(portsOf(spec), ports);
});

t.test('a generator of numbers is a specification', async (t) => {
  function* squares() {
    for (let root = 1; root < 4; root++) yield root * root;
  }
  t.strictSame(portsOf(squares()), [1, 4, 9]);
});

t.test('ranges of every alignment set exactly their bits', async (t) => {
  const wrong: string[] = [];
  for (let low = 1; low <= 40; low++) {
    for (let high = low; high <= 40; high++) {
      const expected = Array.from({ length: high - low + 1 }, (_, index) => low + index);
      if (portsOf({ low, high }).join() !== expected.join()) wrong.push(`${low}-${high}`);
    }
  }
  t.strictSame(wrong, []);
  t.equal(portsOf('1-65535').length, 65535);
});

t.test('ports are added to those that are there', async (t) => {
  const bits = new Uint8Array(PORT_BITS_LENGTH).fill(0b10000001, 0, 2);
  addPorts(bits, '2-5', 'ports');
  t.strictSame([...bits.subarray(0, 3)], [0b10111101, 0b10000001, 0]);
});

t.test('what is out of range is a RangeError that names argument and value', async (t) => {
  const bad: [PortSpec, RegExp][] = [
    [0, /^ports 0 is out of range/],
    [70000, /^ports 70000 is out of range/],
    [1.5, /^ports 1\.5 is out of range/],
    [Number.NaN, /^ports NaN is out of range/],
    [Number.NEGATIVE_INFINITY, /^ports -Infinity is out of range/],
    ['0', /^ports 0 is out of range/],
    ['70000', /^ports 70000 is out of range/],
    ['8000-70000', /^ports 70000 is out of range/],
    ['', /^ports "" is not a list of ports/],
    [' ', /^ports " " is not a list of ports/],
    [',', /^ports "," is not a list of ports/],
    ['80,', /^ports "80," is not a list of ports/],
    ['-80', /^ports "-80" is not a list of ports/],
    ['1-2-3', /^ports "1-2-3" is not a list of ports/],
    ['80-', /^ports "80-" is not a list of ports/],
    ['abc', /^ports "abc" is not a port/],
    ['80 81', /^ports "80 81" is not a port/],
    ['1.5', /^ports "1\.5" is not a port/],
    ['9-8', /^ports 9-8 is empty: its low end is above its high end/],
    [{ low: 9, high: 8 }, /^ports 9-8 is empty/],
    [{ low: 0, high: 8 }, /^ports low 0 is out of range/],
    [{ low: 1, high: 65536 }, /^ports high 65536 is out of range/],
    [{ low: 1.5, high: 8 }, /^ports low 1\.5 is out of range/],
    [[80, 0], /^ports 0 is out of range/],
    [new Set([80, 70000]), /^ports 70000 is out of range/],
  ];
  for (const [spec, message] of bad) {
    t.throws(() => portsOf(spec), { name: 'RangeError', code: 'ERR_PORT_INVALID_VALUE', message });
  }
});

t.test('what names no ports is a TypeError that names argument and value', async (t) => {
  const bad = [null, undefined, true, 80n, {}, { low: 80 }, { high: 80 }, () => 80, [null], [[undefined]]];
  for (const spec of bad) {
    t.throws(() => portsOf(spec as unknown as PortSpec), {
      name: 'TypeError',
      code: 'ERR_PORT_INVALID_TYPE',
      message: /^ports must be a port, a text such as "8000-8100", .* not ./,
    });
  }
  t.throws(() => portsOf({ low: '1', high: 2 } as unknown as PortSpec), {
    name: 'TypeError',
    message: 'ports low must be a number, not "1"',
  });
});
