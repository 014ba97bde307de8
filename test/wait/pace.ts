import t from 'tap';
import {
  LOOKUP,
  MOST_UNDER_WAY,
  pause,
  REPEATS,
  SECOND_OPINIONS,
  SWEEPS,
  tryPace,
} from '../../lib/wait/pace';

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

t.test('an address is tried as often as what is known of it is worth', async (t) => {
  const SECOND = 1000;
  const HOUR = 3_600_000;
  for (const [isLocal, verdict, listening, ...pauses] of [
    [false, 'closed', undefined, 2, 62.5, 250],
    [true, 'closed', undefined, 1, 15.625, 20],
    [true, 'closed', true, 1, 15.625, 20],
    [true, 'closed', false, 5, 125, 2000],
    [true, 'silent', false, 5, 125, 2000],
    [false, 'ready', undefined, 10, 125, 250],
    [true, 'ready', undefined, 5, 50, 50],
    [true, 'ready', false, 5, 50, 50],
    [true, 'ready', true, 50, 250, 1000],
    [false, 'unready', true, 10, 31.25, 250],
    [true, 'unready', true, 3, 1000 / 192, 100],
    [false, 'closed', false, 2, 62.5, 250],
  ] as const) {
    const pace = tryPace(isLocal, verdict, listening);
    const found = [0, SECOND, HOUR].map((waited) => pause(pace, waited));
    t.strictSame(found, pauses, `${isLocal ? 'local' : 'remote'} ${verdict} ${listening}`);
  }
  const lookups = [LOOKUP.failed, LOOKUP.found].map((pace) => [0, 6000, HOUR].map((at) => pause(pace, at)));
  t.strictSame(lookups, [
    [20, 750, 1000],
    [1000, 1500, 10_000],
  ]);
});

t.test('tries leave a process most of the 1,024 descriptors that it often has', async (t) => {
  t.ok(MOST_UNDER_WAY <= 1024 / 4 && MOST_UNDER_WAY > 100);
});

t.test('what waits cost stays below a tenth of a core', async (t) => {
  let from = 0;
  let looks = 0;
  for (const [until, rest] of SWEEPS.steps) {
    looks += (Math.min(until, 30_000) - from) / rest;
    from = until;
  }
  t.equal(looks, 3550, 'in the first half minute');
  t.equal(SWEEPS.restPerSweep, 25);
  const TRY = 0.3 / 1000;
  t.ok((REPEATS.perSecond + SECOND_OPINIONS.perSecond) * TRY < 0.1);
});
