import t from 'tap';
import { pause, SWEEPS, tryPace } from '../../lib/wait/pace';

t.test('pauses begin small, grow with the wait and have a ceiling', async (t) => {
  const pace = { least: 2, share: 1 / 4, most: 100 };
  t.strictSame(
    [0, 8, 40, 200, 400, 1e9].map((waited) => pause(pace, waited)),
    [2, 2, 10, 50, 100, 100],
  );
  for (const isLocal of [true, false]) {
    for (const verdict of ['ready', 'unready', 'closed', 'silent'] as const) {
      for (const listening of [true, false, undefined]) {
        const { least, most } = tryPace(isLocal, verdict, listening);
        t.ok(least < most && most <= 2000);
      }
    }
  }
});

t.test(
  'a refusing address is dialled from a millisecond or two on, politely where it is not this machine',
  async (t) => {
    t.equal(pause(tryPace(true, 'closed', undefined), 0), 1);
    t.equal(pause(tryPace(false, 'closed', undefined), 0), 2);
    t.ok(
      pause(tryPace(true, 'closed', undefined), 60_000) < pause(tryPace(false, 'closed', undefined), 60_000),
    );
  },
);

t.test(
  'where the socket table agrees, an address is dialled less often than where it does not',
  async (t) => {
    for (const waited of [0, 100, 1000, 60_000]) {
      for (const [verdict, listening] of [
        ['ready', true],
        ['closed', false],
      ] as const) {
        const agreeing = pause(tryPace(true, verdict, listening), waited);
        t.ok(agreeing > pause(tryPace(true, verdict, !listening), waited));
      }
    }
  },
);

t.test('sweeps are frequent in the first seconds, then rare', async (t) => {
  const { steps } = SWEEPS;
  const restAt = (waited: number) => steps.find(([until]) => waited < until)?.[1];
  t.equal(restAt(0), 1);
  t.equal(restAt(2999), 2);
  t.ok(Number(restAt(9999)) <= 5);
  t.equal(restAt(3_600_000), 50);
  t.strictSame(
    steps,
    [...steps].sort(([a], [b]) => a - b),
  );
});
