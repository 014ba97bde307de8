import { join } from 'node:path';
import t from 'tap';
import { PortSet } from '../../lib/ports/port-set';
import { goodPortRanges } from '../../lib/registry/good-ports';
import { UNASSIGNED_RANGES } from '../../lib/registry/unassigned-ranges';
import { namespaceIsMissing, runInNamespace } from '../support/namespace';

const program = join(__dirname, '..', 'support', 'print-kernel-ports.ts');

interface Printed {
  ranges: unknown;
  goodPorts: string;
}

t.test('a running process follows the kernel’s settings', { skip: namespaceIsMissing() }, async (t) => {
  const unassigned = new PortSet(UNASSIGNED_RANGES);
  const [run] = goodPortRanges({ ports: unassigned.intersection('11000-39999') });
  if (run === undefined) throw new Error('no good run');
  const middle = (run.low + run.high) >> 1;
  // So many that those in the middle would be good by themselves.
  const reservedText = `${middle}-${middle + 99}`;

  const { stdout, stderr } = runInNamespace(
    program,
    '10000-10999/',
    '40000-60999/',
    `40000-60999/${reservedText}`,
  );
  const [low, high, reserved] = stdout.split('\n').map((line) => JSON.parse(line || 'null') as Printed);
  if (!low || !high || !reserved) throw new Error(stderr);

  t.strictSame(low.ranges, [{ low: 10000, high: 10999 }]);
  t.strictSame(high.ranges, [{ low: 40000, high: 60999 }]);
  t.strictSame(reserved.ranges, high.ranges);

  const goodAmong = ({ goodPorts }: Printed, ports: string) =>
    new PortSet(goodPorts).intersection(ports).size;
  t.equal(goodAmong(low, '10000-10999'), 0);
  t.ok(goodAmong(low, '40000-60999') > 3000);
  t.ok(goodAmong(high, '10000-10999') > 300);
  t.equal(goodAmong(high, '40000-60999'), 0);

  const withBorders = `${middle - 3}-${middle + 102}`;
  t.equal(goodAmong(high, withBorders), 106);
  t.equal(goodAmong(reserved, withBorders), 0);
  t.equal(goodAmong(reserved, `${middle - 4},${middle + 103}`), 2);
});
