import t from 'tap';
import { kernelRules } from '../../lib/explain/kernel-rules';

const kernel = {
  ephemeralRanges: [{ low: 32768, high: 60999 }],
  reservedRanges: [
    { low: 8080, high: 8080 },
    { low: 9000, high: 9010 },
  ],
  excludedRanges: [{ low: 5357, high: 5360 }],
};

t.test("the kernel's rules name the range and the setting", (t) => {
  t.match(kernelRules(40_000, 'tcp', kernel), [
    { rule: 'ephemeral', detail: 'the ephemeral range is 32768-60999' },
  ]);
  t.match(kernelRules(8080, 'tcp', kernel), [{ rule: 'reserved', detail: 'reserved is 8080' }]);
  t.match(kernelRules(9005, 'udp', kernel), [{ rule: 'reserved', detail: 'reserved is 9000-9010' }]);
  t.match(kernelRules(5358, 'tcp', kernel), [{ rule: 'excluded' }]);
  t.strictSame(kernelRules(7000, 'tcp', kernel), []);
  if (process.platform === 'linux') {
    t.match(kernelRules(40_000, 'tcp', kernel)[0]?.source, 'net.ipv4.ip_local_port_range');
  }
  t.end();
});

t.test('a range holds for both its ends', (t) => {
  for (const [low, high] of [
    [32768, 60999],
    [9000, 9010],
    [5357, 5360],
  ] as const) {
    t.strictSame(
      [low - 1, low, high, high + 1].map((port) => kernelRules(port, 'tcp', kernel).length),
      [0, 1, 1, 0],
      `${low}-${high}`,
    );
  }
  t.end();
});

t.test('the setting is told in the words of each system', (t) => {
  const sources = (platform: string, transport: 'tcp' | 'udp') => {
    t.intercept(process, 'platform', { value: platform });
    return [40_000, 8080, 5357].map((port) => kernelRules(port, transport, kernel)[0]?.source);
  };
  t.strictSame(sources('linux', 'udp'), [
    'sysctl net.ipv4.ip_local_port_range',
    'sysctl net.ipv4.ip_local_reserved_ports',
    'sysctl net.ipv4.ip_local_reserved_ports',
  ]);
  t.strictSame(sources('win32', 'udp'), [
    'netsh int ipv4 show dynamicport udp',
    'netsh int ipv4 show excludedportrange udp',
    'netsh int ipv4 show excludedportrange udp',
  ]);
  t.strictSame(sources('darwin', 'tcp')[0], 'sysctl net.inet.ip.portrange');
  t.end();
});
