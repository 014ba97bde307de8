import { readFileSync } from 'node:fs';
import t from 'tap';
import { ephemeralPortRanges, kernelPorts } from '../../lib/machine/ephemeral-range';
import { isPort } from '../../lib/ports/port';

t.test('the ephemeral ranges are ranges of ports', async (t) => {
  const ranges = ephemeralPortRanges();
  t.ok(ranges.length > 0);
  for (const { low, high } of ranges) t.ok(isPort(low) && isPort(high) && low <= high, `${low}-${high}`);
});

const setting = '/proc/sys/net/ipv4/ip_local_port_range';

t.test(
  'on Linux they are those of ip_local_port_range',
  { skip: process.platform !== 'linux' && `no ${setting} here` },
  async (t) => {
    const [low, high] = readFileSync(setting, 'utf8').trim().split(/\s+/).map(Number);
    t.strictSame(ephemeralPortRanges(), [{ low, high }]);
  },
);

t.test('a caller cannot change what the others get', async (t) => {
  const before = structuredClone(ephemeralPortRanges());
  const mine = ephemeralPortRanges();
  for (const range of mine as { low: number }[]) range.low = 1;
  mine.length = 0;
  t.strictSame(ephemeralPortRanges(), before);
});

t.test('the same object comes back while nothing changes', async (t) => {
  t.equal(kernelPorts(), kernelPorts());
});

t.test('the kernel is asked again after a second, on Windows netsh after a minute', async (t) => {
  const load = (platform: string, netsh?: object) => {
    const clock = { time: 5000 };
    const kernel = { ephemeral: [32768, 60999], reserved: [40000, 40009], asked: 0 };
    t.intercept(process, 'platform', { value: platform });
    const { kernelPorts } = t.mockRequire<typeof import('../../lib/machine/ephemeral-range')>(
      '../../lib/machine/ephemeral-range',
      {
        '../../lib/addon/addon': {
          addon: {
            ephemeralRanges: () => {
              kernel.asked++;
              return kernel.ephemeral;
            },
            reservedRanges: () => kernel.reserved,
          },
        },
        '../../lib/machine/netsh': {
          readNetsh: () => {
            kernel.asked++;
            return netsh;
          },
        },
        '../../lib/timing/clock': { now: () => clock.time },
      },
    );
    return { kernelPorts, clock, kernel };
  };
  const { kernelPorts, clock, kernel } = load('linux');
  const first = kernelPorts();
  t.strictSame(first, {
    ephemeralRanges: [{ low: 32768, high: 60999 }],
    reservedRanges: [{ low: 40000, high: 40009 }],
    excludedRanges: [],
  });
  clock.time += 999;
  kernelPorts();
  t.equal(kernel.asked, 1);
  clock.time += 1;
  t.equal(kernelPorts(), first, 'the same object for the same settings');
  t.equal(kernel.asked, 2);
  kernel.reserved = [];
  clock.time += 500;
  t.equal(kernelPorts(), first);
  clock.time += 500;
  t.strictSame(kernelPorts(), { ...first, reservedRanges: [] });
  t.equal(kernel.asked, 3);

  const ranges = {
    dynamicRanges: [{ low: 49152, high: 65535 }],
    administeredRanges: [{ low: 3000, high: 3000 }],
    excludedRanges: [{ low: 8000, high: 8099 }],
  };
  const windows = load('win32', ranges);
  t.strictSame(windows.kernelPorts(), {
    ephemeralRanges: ranges.dynamicRanges,
    reservedRanges: ranges.administeredRanges,
    excludedRanges: ranges.excludedRanges,
  });
  windows.clock.time += 59_999;
  windows.kernelPorts();
  t.equal(windows.kernel.asked, 1);
  windows.clock.time += 1;
  windows.kernelPorts();
  t.equal(windows.kernel.asked, 2);
  t.strictSame(load('win32').kernelPorts(), first, 'where netsh says nothing the addon does');
});
