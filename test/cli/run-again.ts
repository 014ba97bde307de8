import t from 'tap';

/** How long each run of the command takes, ms; the last one counts from there on. */
let runs: number[] = [];
/** After so many rests in all a signal asks us to end. */
let patience = Infinity;
/** In which run Ctrl-C comes. */
let interruptAt = Infinity;
let now = 0;
let rests: number[] = [];
let count = 0;

const { runAgainAndAgain } = t.mockRequire<typeof import('../../lib/cli/run-again')>(
  '../../lib/cli/run-again',
  {
    '../../lib/addon/addon': {
      addon: {
        endingSignal: () => (patience-- > 0 ? 0 : 15),
        catchSignals: () => {},
      },
    },
    '../../lib/cli/run-command': {
      runCommand: async (words: readonly string[], settings: unknown) => {
        t.strictSame([words, settings], [['serve'], { variables: {} }]);
        if (count > 5000) throw new Error('it does not end');
        if (count === interruptAt) process.emit('SIGINT');
        rests.push(0);
        now += runs[count] ?? runs.at(-1) ?? 0;
        return 100 + count++;
      },
    },
    'node:timers/promises': {
      setTimeout: async (ms: number) => {
        rests.push((rests.pop() ?? 0) + ms);
        now += ms;
      },
    },
  },
);

/** How long it rests after each run until it is asked to end, and the code that it ends with. */
async function restsAfter(durations: number[], looks: number) {
  runs = durations;
  patience = looks;
  rests = [];
  count = 0;
  Object.defineProperty(performance, 'now', { value: () => now, configurable: true });
  try {
    const code = await runAgainAndAgain(['serve'], { variables: {} });
    return { code, rests };
  } finally {
    Reflect.deleteProperty(performance, 'now');
  }
}

t.test('a command that ends at once is run after a growing rest, up to five seconds', async (t) => {
  const { rests } = await restsAfter([0], 3000);
  t.strictSame(rests.slice(0, 11), [20, 40, 80, 160, 320, 640, 1280, 2560, 5000, 5000, 5000]);
});

t.test('one that ran for a second is run again at once, and a short run counts afresh', async (t) => {
  const { rests } = await restsAfter([0, 0, 999, 1000, 5000, 0], 30);
  t.strictSame(rests.slice(0, 6), [20, 40, 80, 10, 10, 20]);
});

t.test('a signal ends it with the code of the last run, without a rest', async (t) => {
  t.strictSame(await restsAfter([2000], 0), { code: 100, rests: [0] });
  t.strictSame(await restsAfter([0], 4), { code: 101, rests: [20, 10] }, 'also during a rest');
  t.strictSame(await restsAfter([0], 2), { code: 100, rests: [20] }, 'also at its end');
});

t.test('on Windows, which has no signals to relay, Ctrl-C ends it', async (t) => {
  const others = process.listeners('SIGINT');
  t.intercept(process, 'platform', { value: 'win32' });
  interruptAt = 2;
  t.teardown(() => {
    interruptAt = Infinity;
    for (const listener of process.listeners('SIGINT'))
      if (!others.includes(listener)) process.off('SIGINT', listener);
  });
  t.strictSame(await restsAfter([2000], 1000), { code: 102, rests: [10, 10, 0] });
});
