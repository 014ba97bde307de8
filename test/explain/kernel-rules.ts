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
