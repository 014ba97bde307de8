import '../support/alone';

import { fstatSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import t, { type Test } from 'tap';
import type { LeaseHandle } from '../../lib/addon/contract';
import { PortSystemError } from '../../lib/errors/port-system-error';
import { PortEnteredError } from '../../lib/lease/errors';
import { leaseSync } from '../../lib/lease/lease';
import { listenExclusively } from '../../lib/lease/listen-exclusively';
import { buildEnterPort } from '../support/enter-port';
import { attackLeases, KINDS_OF_LEASE, WAYS } from '../support/exclusive-leases';
import { NOBODY, noNobody } from '../support/privilege';
import { NOT_BESIDE, noInterfaceTies } from '../support/sockets';

const folder = t.testdir();
const program = NOT_BESIDE === false ? buildEnterPort(folder) : undefined;
const skip = NOT_BESIDE || (program === undefined ? 'there is no cc' : false);

/** How many leases of each kind are attacked; the long form, with every kind for every way, has 1,000. */
const COUNT = Number(process.env.TORTURE_LEASES ?? 1);

/** Without ties to interfaces every server may have to come through the gate. */
const HAS_ONLY_GATES = noInterfaceTies() !== false;

const isOrdinary = (holder: number | undefined) => (holder ?? process.geteuid?.()) !== 0;

/** Ordinary users have fewer means to keep others out than root has. */
const PAIRS: readonly (readonly [holder: number | undefined, attacker: number | undefined])[] =
  noNobody() === false
    ? [
        [NOBODY, NOBODY],
        [NOBODY, NOBODY - 1],
      ]
    : [[undefined, undefined]];

for (const [holder, attacker] of PAIRS) {
  const hasAllWays = COUNT > 1 || (holder === attacker && holder !== undefined);
  for (const way of hasAllWays ? WAYS : (['listen'] as const)) {
    const users = `held by user ${holder ?? 'running the tests'}, attacked by ${attacker ?? 'the same'}`;
    t.test(`nobody enters an exclusive lease by ${way}, ${users}`, { skip }, async (t) => {
      const kinds = KINDS_OF_LEASE.filter(({ listenHost, isGate }) => {
        // By the other ways a server listens where the port is held.
        if (way !== 'listen') return listenHost === undefined && (COUNT > 1 || isGate);
        return COUNT > 1 || holder === attacker || isGate;
      });
      const attacks = { program: program ?? '', holder, attacker, way, kinds, count: COUNT };
      for await (const { kind, entered, told } of attackLeases(attacks)) {
        // What ordinary users cannot prevent, they are told, and the intruder gets no client.
        const mayBeTold = (kind.isGate || HAS_ONLY_GATES) && way === 'listen' && isOrdinary(holder);
        t.equal(mayBeTold ? entered - told : entered, 0, kind.name);
        if (COUNT > 1) t.comment(`${kind.name}: ${COUNT} attacked, ${entered} entered, ${told} told`);
      }
    });
  }
}

/** Makes a server listen by a handle whose `openServer` lets somebody in first, and then does `open`. */
async function listenBehindIntruder(t: Test, open: () => object, isElsewhere = false): Promise<unknown> {
  const lease = leaseSync({ exclusive: true });
  const intruder = createServer();
  t.teardown(() => {
    intruder.close();
    lease.release();
  });
  const handle = {
    openServer() {
      lease.release();
      intruder.listen(isElsewhere ? 0 : lease.port);
      return open();
    },
  };
  const holder = {
    port: lease.port,
    host: undefined,
    released: false,
    holds: () => true,
    release() {},
    detach: () => -1,
  };
  return listenExclusively(holder, handle as unknown as LeaseHandle, createServer(), {});
}

t.test('who listens before the server is bound is named', { skip }, async (t) => {
  const listening = listenBehindIntruder(t, () => {
    throw new PortSystemError('EADDRINUSE', 'bind', 'EADDRINUSE: address already in use, bind');
  });
  await t.rejects(listening, PortEnteredError);
});

t.test('who listens on another port is no intruder', { skip }, async (t) => {
  const open = () => {
    throw new PortSystemError('EADDRINUSE', 'bind', 'EADDRINUSE: address already in use, bind');
  };
  await t.rejects(listenBehindIntruder(t, open, true), { code: 'EADDRINUSE' });
});

t.test('only a port that is in use was entered', { skip }, async (t) => {
  const listening = listenBehindIntruder(t, () => {
    throw new PortSystemError('EMFILE', 'socket', 'EMFILE: too many open files, socket');
  });
  await t.rejects(listening, { code: 'EMFILE' });
});

t.test('a server beside which somebody came gets no socket', { skip }, async (t) => {
  const fd = openSync('/dev/null', 'r');
  const listening = listenBehindIntruder(t, () => ({ fd, way: 'gate' }));
  await t.rejects(listening, { code: 'ERR_PORT_ENTERED', owner: { pid: process.pid } });
  t.throws(() => fstatSync(fd), { code: 'EBADF' });
});
