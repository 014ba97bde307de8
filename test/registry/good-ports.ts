import t from 'tap';
import { kernelPorts } from '../../lib/machine/ephemeral-range';
import { PortSet } from '../../lib/ports/port-set';
import {
  type AvailableGoodPortsOptions,
  type AvailablePortsOptions,
  availableGoodPorts,
  availablePorts,
  type GoodPortRangesOptions,
  goodPortRanges,
} from '../../lib/registry/good-ports';
import { unassignedRanges } from '../../lib/registry/unassigned';
import { UNASSIGNED_RANGES } from '../../lib/registry/unassigned-ranges';

t.test('good ranges are long runs without their borders, longest first', async (t) => {
  const ports = ['10-15', '100-200', '220-245', '300-330', '440-495'];
  t.strictSame(goodPortRanges({ ports }), [
    { low: 103, high: 197 },
    { low: 443, high: 492 },
    { low: 303, high: 327 },
  ]);
  t.strictSame(goodPortRanges({ ports, minRangeLength: 5, border: 0 }).length, 5);
  t.strictSame(goodPortRanges({ ports: [] }), []);
});

t.test('80 is no good port', async (t) => {
  t.equal(availableGoodPorts().has(80), false);
});

t.test('available ports are unassigned, and neither system ports nor the kernel’s', async (t) => {
  const { ephemeralRanges, reservedRanges } = kernelPorts();
  const expected = new PortSet(UNASSIGNED_RANGES)
    .difference('1-1023')
    .difference(ephemeralRanges)
    .difference(reservedRanges);
  t.strictSame(availablePorts().bits, expected.bits);
  t.strictSame(availablePorts({ low: undefined, excludeRanges: undefined }).bits, expected.bits);
});

t.test('low, high and excludeRanges narrow the available ports, ends included', async (t) => {
  const all = availablePorts();
  const [low = 0, high = 0] = [[...all][100], [...all][200]];
  const some = availablePorts({ low, high });
  t.strictSame([...some], [...all].slice(100, 201));
  t.strictSame([...availablePorts({ low, high, excludeRanges: [{ low, high: high - 1 }] })], [high]);
  t.strictSame([...availablePorts({ low: high, high })], [high]);
  t.equal(availablePorts({ low: 1, high: 1023 }).size, 0);
  t.equal(availablePorts({ excludeRanges: '1-65535' }).size, 0);
});

t.test('available good ports are the good ranges of the available ports', async (t) => {
  for (const options of [{}, { minRangeLength: 100 }, { border: 0 }, { minRangeLength: 0, border: 10 }]) {
    t.strictSame(availableGoodPorts(options).bits, new PortSet(goodPortRanges(options)).bits);
  }
  t.equal(availableGoodPorts({ minRangeLength: 65535 }).size, 0);
  t.equal(availableGoodPorts({ border: 65535 }).size, 0);
});

t.test('a transport has good ports of its own', async (t) => {
  const udp = availableGoodPorts({ transport: 'udp' });
  t.equal(udp.difference(unassignedRanges('udp')).size, 0);
  t.equal(udp.difference(availablePorts({ transport: 'udp' })).size, 0);
  t.not(udp.toString(), availableGoodPorts().toString());
});

t.test('the same set comes back for the same options, also after many others', async (t) => {
  const ports = availableGoodPorts();
  t.equal(availableGoodPorts({ minRangeLength: 20, border: 3 }), ports);
  for (let border = 0; border < 40; border++) availableGoodPorts({ border });
  t.strictSame(availableGoodPorts().bits, ports.bits);
});

t.test('options that are off are refused by name and value', async (t) => {
  const off: [() => unknown, { name: string; message: RegExp | string }][] = [
    [() => availablePorts({ low: 0 }), { name: 'RangeError', message: /^low 0 is out of range/ }],
    [() => availablePorts({ high: 70000 }), { name: 'RangeError', message: /^high 70000 is out of range/ }],
    [() => availablePorts({ low: 1.5 }), { name: 'RangeError', message: /^low 1\.5 is out of range/ }],
    [
      () => availablePorts({ high: Number.NaN }),
      { name: 'RangeError', message: /^high NaN is out of range/ },
    ],
    [() => availablePorts({ low: 9, high: 8 }), { name: 'RangeError', message: /^low 9 is above high 8/ }],
    [() => availablePorts({ excludeRanges: 'x' }), { name: 'RangeError', message: /^excludeRanges "x"/ }],
    [
      () => availablePorts({ low: '80' } as unknown as AvailablePortsOptions),
      { name: 'TypeError', message: 'low must be a number, not "80"' },
    ],
    [
      () => availablePorts({ transport: 'sctp' } as unknown as AvailablePortsOptions),
      { name: 'RangeError', message: /^transport "sctp" is unknown/ },
    ],
    [
      () => availablePorts(8000 as unknown as AvailablePortsOptions),
      { name: 'TypeError', message: 'options must be an object of options, not 8000' },
    ],
    [() => goodPortRanges({ ports: 'abc' }), { name: 'RangeError', message: /^ports "abc" is not a port/ }],
    [() => goodPortRanges({ minRangeLength: -1 }), { name: 'RangeError', message: /^minRangeLength -1/ }],
    [() => goodPortRanges({ border: 0.5 }), { name: 'RangeError', message: /^border 0\.5 is out of range/ }],
    [
      () => goodPortRanges(null as unknown as GoodPortRangesOptions),
      { name: 'TypeError', message: 'options must be an object of options, not null' },
    ],
    [() => availableGoodPorts({ border: -3 }), { name: 'RangeError', message: /^border -3 is out of range/ }],
    [
      () => availableGoodPorts({ minRangeLength: '20' } as unknown as AvailableGoodPortsOptions),
      { name: 'TypeError', message: 'minRangeLength must be a number, not "20"' },
    ],
    [
      () => availableGoodPorts({ transport: 'sctp' } as unknown as AvailableGoodPortsOptions),
      { name: 'RangeError', message: /^transport "sctp" is unknown/ },
    ],
  ];
  for (const [call, error] of off) t.throws(call, error);
});

t.test('what the kernel claims is left out, as it says now', async (t) => {
  const kernel = {
    ephemeralRanges: [{ low: 20_000, high: 65_535 }],
    reservedRanges: [{ low: 5000, high: 5999 }],
    excludedRanges: [{ low: 6000, high: 6999 }],
  };
  let current = kernel;
  const { availablePorts, availableGoodPorts } = t.mockRequire<
    typeof import('../../lib/registry/good-ports')
  >('../../lib/registry/good-ports', {
    '../../lib/machine/ephemeral-range': { kernelPorts: () => current },
    '../../lib/registry/unassigned': { unassignedRanges: () => [{ low: 1, high: 65_535 }] },
  });
  t.equal(`${availablePorts()}`, '1024-4999,7000-19999');
  t.equal(`${availableGoodPorts()}`, '1027-4996,7003-19996');
  current = { ...kernel, excludedRanges: [] };
  t.equal(`${availableGoodPorts()}`, '1027-4996,6003-19996');
  current = { ...kernel, reservedRanges: [] };
  t.equal(`${availableGoodPorts()}`, '1027-5996,7003-19996');
  current = { ...kernel, ephemeralRanges: [] };
  t.equal(`${availableGoodPorts({ border: 0 })}`, '1024-4999,7000-65535');
});

t.test('some sets are remembered, and not one for each run length that was ever asked for', async (t) => {
  const first = availableGoodPorts();
  t.equal(availableGoodPorts(), first);
  for (let minRangeLength = 1; minRangeLength <= 16; minRangeLength++) availableGoodPorts({ minRangeLength });
  const again = availableGoodPorts();
  t.not(again, first);
  t.equal(`${again}`, `${first}`);
});
