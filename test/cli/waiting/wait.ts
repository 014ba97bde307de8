import t from 'tap';
import { PortTimeoutError, ProcessEndedError } from '../../../lib/wait/errors';
import { HostPort } from '../../../lib/wait/host-port';
import { mockCommand } from '../../support/mocked-command';
import { stopTime } from '../../support/stopped-time';

const TARGETS = [new HostPort('app', 1), new HostPort('app', 2)];

let asked: unknown[] = [];
let narrated: unknown[] = [];
/** What the wait ends with, or where it does not end. */
let outcome: () => Promise<void> = async () => {};

const waiting =
  (state: string) =>
  async (
    targets: readonly unknown[],
    { onAttempt, ...options }: { onAttempt?: (attempt: object) => void },
  ) => {
    asked.push([state, targets.map(String), options]);
    onAttempt?.({ attempt: 1 });
    return outcome();
  };

const { command, printed } = mockCommand<typeof import('../../../lib/cli/waiting/wait')>(
  t,
  '../waiting/wait',
  {
    'wait/errors': { PortTimeoutError, ProcessEndedError },
    'wait/wait': { free: waiting('free'), occupied: waiting('occupied') },
    'cli/waiting/narrator': {
      Narrator: class {
        constructor(stream: unknown) {
          t.equal(stream, process.stderr);
        }
        hear(attempt: unknown) {
          narrated.push(this instanceof Object, attempt);
        }
        end(text: string) {
          narrated.push(text);
        }
        clear() {
          narrated.push('cleared');
        }
      },
    },
  },
);

/** Waits by a call, and tells the exit code and what is said. */
async function wait(words: readonly string[], values: object = {}) {
  [asked, narrated] = [[], []];
  printed.length = 0;
  const said: string[] = [];
  const { write } = process.stderr;
  const before = process.listeners('SIGINT');
  process.stderr.write = ((text: string) => said.push(text) > 0) as typeof write;
  try {
    const code = await command.waitFor({ words, values, valuesOf: new Map(), command: [] } as never);
    return { code, said, json: printed.map((line) => JSON.parse(line)) };
  } finally {
    process.stderr.write = write;
    for (const listener of process.listeners('SIGINT'))
      if (!before.includes(listener)) process.removeListener('SIGINT', listener);
  }
}

const WORDS = ['app:1', 'app:2'];
const fails = (error: unknown) => async () => {
  throw error;
};

t.test('it waits for the state, in silence, with the options of the call', async (t) => {
  outcome = async () => {};
  for (const state of ['free', 'occupied']) {
    t.strictSame(await wait([...WORDS, state], { timeout: '1.5' }), { code: 0, said: [], json: [] });
    t.match(asked, [[state, WORDS, { timeout: 1500 }]]);
    t.strictSame(narrated, []);
  }
});

t.test('--verbose tells of each try, and of the end', async (t) => {
  outcome = async () => {};
  await wait([...WORDS, 'free'], { verbose: true });
  t.strictSame(narrated, [true, { attempt: 1 }, 'free']);
  outcome = fails(new PortTimeoutError('occupied', TARGETS, 2));
  await wait([...WORDS, 'occupied'], { verbose: true });
  t.equal(narrated.at(-1), 'not occupied');
});

t.test('what is not so is one line and code 1, a fault is thrown', async (t) => {
  const ended = new ProcessEndedError('free', { pid: 7, exitCode: 3, signal: undefined }, TARGETS, 2, [
    '',
    '',
  ]);
  for (const error of [new PortTimeoutError('free', TARGETS, 2), ended]) {
    outcome = fails(error);
    t.strictSame(await wait([...WORDS, 'free']), { code: 1, said: [`${error.message}\n`], json: [] });
  }
  const fault = new Error('a fault');
  outcome = fails(fault);
  await t.rejects(wait([...WORDS, 'free']), fault);
});

t.test('--json has what came of it, whatever that is', async (t) => {
  const { pass } = stopTime(t);
  const json = async (error?: unknown) => {
    outcome = async () => {
      pass(1234.56);
      if (error !== undefined) throw error;
    };
    const { json } = await wait([...WORDS, 'free'], { json: true });
    return json;
  };
  const common = { state: 'free', seconds: 1.235, targets: WORDS };
  t.strictSame(await json(), [{ ok: true, ...common, pending: [], replies: [] }]);
  const timeout = new PortTimeoutError('free', TARGETS.slice(1), 2, { replies: ['accepted'] });
  t.strictSame(await json(timeout), [
    {
      ok: false,
      ...common,
      pending: ['app:2'],
      replies: ['accepted'],
      error: { code: 'ERR_PORT_TIMEOUT', message: timeout.message },
    },
  ]);
  for (const [exitCode, signal] of [
    [3, undefined],
    [undefined, 'SIGTERM'],
  ] as const) {
    const ended = new ProcessEndedError('free', { pid: 7, exitCode, signal }, TARGETS, 2, ['a', 'b']);
    t.strictSame(await json(ended), [
      {
        ok: false,
        ...common,
        pending: WORDS,
        replies: ['a', 'b'],
        error: JSON.parse(
          JSON.stringify({ code: 'ERR_PORT_PROCESS_ENDED', message: ended.message, exitCode, signal }),
        ),
      },
    ]);
  }
});

t.test('--json tells of faults too', async (t) => {
  for (const [error, code] of [
    [Object.assign(new Error('no route'), { code: 'ERR_PORT_HOST' }), 'ERR_PORT_HOST'],
    [new TypeError('no route'), 'TypeError'],
  ] as const) {
    outcome = fails(error);
    await t.rejects(wait([...WORDS, 'free'], { json: true }), error);
    t.match(
      printed.map((line) => JSON.parse(line)),
      [{ ok: false, pending: WORDS, replies: [], error: { code, message: 'no route' } }],
    );
  }
});

t.test('Ctrl-C clears the line and ends with 130', async (t) => {
  const exits: unknown[] = [];
  t.intercept(process, 'exit', { value: (code: number) => exits.push(code) });
  outcome = async () => {
    process.emit('SIGINT');
  };
  await wait([...WORDS, 'free'], { verbose: true });
  t.strictSame([exits, narrated[2]], [[130], 'cleared']);
  await wait([...WORDS, 'free']);
  t.strictSame(exits, [130, 130]);
});
