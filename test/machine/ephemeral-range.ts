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
