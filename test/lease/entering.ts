import t from 'tap';
import { buildEnterPort } from '../support/enter-port';
import { attackLeases, KINDS_OF_LEASE, WAYS } from '../support/exclusive-leases';
import { NOBODY, noNobody } from '../support/privilege';
import { NOT_BESIDE } from '../support/sockets';

const folder = t.testdir();
const program = NOT_BESIDE === false ? buildEnterPort(folder) : undefined;
const skip = NOT_BESIDE || (program === undefined ? 'there is no cc' : false);

/** Ordinary users have fewer means to keep others out than root has. */
const PAIRS: readonly (readonly [holder: number | undefined, attacker: number | undefined])[] =
  noNobody() === false
    ? [
        [NOBODY, NOBODY],
        [NOBODY, NOBODY - 1],
      ]
    : [[undefined, undefined]];

for (const [holder, attacker] of PAIRS) {
  for (const way of holder === attacker && holder !== undefined ? WAYS : (['listen'] as const)) {
    const users = `held by user ${holder ?? 'running the tests'}, attacked by ${attacker ?? 'the same'}`;
    t.test(`nobody enters an exclusive lease by ${way}, ${users}`, { skip }, async (t) => {
      const kinds = KINDS_OF_LEASE.filter(({ listenHost, isGate }) =>
        way === 'listen' ? holder === attacker || isGate : listenHost === undefined && isGate,
      );
      const attacks = { program: program ?? '', holder, attacker, way, kinds, count: 1 };
      for (const { kind, entered, told } of await attackLeases(attacks)) {
        // What ordinary users cannot prevent, they are told, and the intruder gets no client.
        const mayBeTold = kind.isGate && way === 'listen' && holder !== undefined;
        t.equal(mayBeTold ? entered - told : entered, 0, kind.name);
      }
    });
  }
}
