import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { namespaceIsMissing, runInNamespace } from '../support/namespace';
import { NO_PYTHON } from '../support/python';

const PROGRAM = join(__dirname, '..', 'support', 'hold-ephemeral-ports.ts');
const NO_IP = spawnSync('ip', ['-V']).status === 0 ? false : 'there is no ip (iproute2)';
const skip = namespaceIsMissing() || NO_PYTHON || NO_IP;

const HELD = 2000;
const COUNT = 5000;

for (const [transport, manner, ways] of [
  ['tcp', 'shared', 5],
  ['udp', 'shared', 4],
  ['udp', 'exclusive', 5],
] as const) {
  t.test(
    `nobody is given one of 2,000 leased ports by the kernel (${transport}, ${manner})`,
    { skip },
    (t) => {
      const { stdout, stderr } = runInNamespace(PROGRAM, transport, manner, `${HELD}`, `${COUNT}`);
      t.equal(stderr, '');
      const { range, held, taken } = JSON.parse(stdout) as {
        range: [number, number];
        held: number[];
        taken: Record<string, number[]>;
      };
      const [low, high] = range;
      const leased = new Set(held);
      t.equal(leased.size, HELD);
      t.equal(Object.keys(taken).length, ways);
      for (const [way, ports] of Object.entries(taken)) {
        t.strictSame(
          ports.filter((port) => leased.has(port)),
          [],
          way,
        );
        t.strictSame(
          ports.filter((port) => port < low || port > high),
          [],
          `${way}: all are ephemeral`,
        );
        t.ok(ports.length > 4, `${way}: ${ports.length} different ports`);
      }
      t.end();
    },
  );
}
