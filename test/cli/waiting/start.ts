import type { SpawnOptions } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { setImmediate as tick } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { mockCommand } from '../../support/mocked-command';

const SKIP = process.platform === 'win32' && 'Windows has no process groups';

type Child = EventEmitter & { pid?: number; stdout: PassThrough; stderr: PassThrough };

interface WaitSettings {
  readonly process: Child;
  readonly signal: AbortSignal;
  readonly onAttempt?: (attempt: string) => void;
}

let steps: string[] = [];
let child: Child;
let spawned: SpawnOptions = {};
/** How the wait ends. */
let ready: (options: WaitSettings) => unknown;
/** How many looks find the server alive after SIGTERM, and after SIGKILL. */
let lives = 0;
let deaths = 0;
let failing: string | undefined;
let manner = 'beside';

const listening = {
  get HAND_OVER() {
    return manner;
  },
};

const { command } = mockCommand<typeof import('../../../lib/cli/waiting/start')>(t, '../waiting/start', {
  'node:child_process': {
    spawn: (file: string, words: readonly string[], options: SpawnOptions) => {
      steps.push(`start ${[file, ...words].join(' ')}`);
      spawned = options;
      return child;
    },
  },
  'node:timers/promises': {
    setTimeout: async (ms: number) => {
      steps.push(`sleep ${ms}`);
      await tick();
    },
  },
  'lease/listen': listening,
  'store/port-store': {
    PortStore: class {
      async lease(name: string) {
        if (name === failing) throw new Error(`${name} fails`);
        steps.push(`hold ${name}`);
        return { port: name === 'web' ? 5001 : 5002, release: () => steps.push(`release ${name}`) };
      }
    },
  },
  'wait/wait': {
    occupied: async (
      targets: readonly unknown[],
      { process, signal, onAttempt = () => {}, ...options }: WaitSettings,
    ) => {
      steps.push(`wait for ${targets.join(' ')} ${JSON.stringify(options)}`);
      t.equal(process, child);
      await ready({ process, signal, onAttempt });
    },
  },
  'cli/run-command': {
    runCommand: async (words: readonly string[], settings: object) => {
      steps.push(`run ${words.join(' ')} ${JSON.stringify(settings)}`);
      return 7;
    },
    toCommandError: (error: Error, program: string) => new Error(`cannot run ${program}: ${error.message}`),
  },
  'cli/waiting/wait': {
    isFailure: (error: object) => 'code' in error,
    loadNarrator: () => ({
      hear(attempt: unknown) {
        steps.push(`try ${attempt} ${typeof this}`);
      },
      clear: () => steps.push('clear'),
    }),
  },
});

const failure = (code: string) => Object.assign(new Error('not ready'), { code });

async function start(t: Test, words: readonly string[], values: object = {}, server = ['serve', '{web}']) {
  const { write } = process.stderr;
  process.stderr.write = ((text: string) => steps.push(text) > 0) as typeof write;
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => process.listenerCount(signal));
  const kill = (pid: number, signal: NodeJS.Signals | 0) => {
    if (pid !== -17) throw new Error(`${pid} is not the group`);
    if (signal !== 0) steps.push(signal);
    else if (lives-- <= 0) throw new Error('ESRCH');
    if (signal === 'SIGKILL') lives = deaths;
    return true;
  };
  t.intercept(process, 'kill', { value: kill });
  try {
    return await command.startAndRun({
      values: { start: JSON.stringify(server), ...values },
      valuesOf: new Map(),
      words: ['SERVER', ...words],
      command: ['test', '{web}'],
    } as never);
  } finally {
    process.stderr.write = write;
    t.strictSame(
      ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => process.listenerCount(signal)),
      signals,
    );
  }
}

t.beforeEach(() => {
  [steps, lives, deaths, failing, manner, ready] = [[], 0, 0, undefined, 'beside', () => {}];
  child = Object.assign(new EventEmitter(), {
    pid: 17,
    stdout: new PassThrough(),
    stderr: new PassThrough(),
  });
});

const ENDED = ['SIGTERM', 'SIGKILL'];

t.test('the command runs when the server is ready, which ends after it', { skip: SKIP }, async (t) => {
  t.equal(await start(t, ['localhost:{web}', 'a:1', 'occupied'], { timeout: '2' }), 7);
  const variables = { PORT: '5001', WEB_PORT: '5001' };
  t.strictSame(steps, [
    'hold web',
    'start serve 5001',
    'wait for localhost:5001 a:1 {"timeout":2000}',
    `run test 5001 ${JSON.stringify({ variables })}`,
    ...ENDED,
    'release web',
  ]);
  t.match(spawned, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, shell: false });
  t.match(spawned.env, { ...variables, PATH: process.env.PATH });
  t.strictSame([child.stdout.destroyed, child.stderr.destroyed], [true, true]);
});

t.test('one word with blanks is run by a shell', { skip: SKIP }, async (t) => {
  for (const [server, shell] of [
    [['npm start'], true],
    [['npm'], false],
    [['my server', 'x'], false],
  ] as const) {
    await start(t, ['a:1', 'occupied'], {}, [...server]);
    t.equal(spawned.shell, shell, server.join());
  }
});

t.test('each name is held once, however it is written, or none', { skip: SKIP }, async (t) => {
  await start(t, ['a:{web}', 'tls:b:{Web}', 'c:{api}', 'occupied']);
  t.match(steps, ['hold web', 'hold api', 'start serve 5001', /^wait for a:5001 tls:b:5001 c:5002 /]);
  t.strictSame(steps.slice(-2), ['release web', 'release api']);
  steps = [];
  failing = 'api';
  await t.rejects(start(t, ['a:{web}', 'c:{api}', 'occupied']), { message: 'api fails' });
  t.strictSame(steps, ['hold web', 'release web']);
  steps = [];
  await t.rejects(start(t, ['a:{a-b}', 'c:{a.b}', 'occupied']), { name: 'UsageError', message: /A_B_PORT/ });
  t.strictSame(steps, []);
});

t.test('where no server listens beside a lease, it gets the port free', { skip: SKIP }, async (t) => {
  manner = 'socket';
  await start(t, ['a:{web}', 'occupied']);
  t.strictSame(steps.slice(0, 3), ['hold web', 'release web', 'start serve 5001']);
});

t.test('a wait for free has nothing to start', { skip: SKIP }, async (t) => {
  await t.rejects(start(t, ['a:{web}', 'free']), {
    name: 'UsageError',
    message: '--start goes with occupied',
  });
  t.strictSame(steps, ['hold web', 'release web']);
});

t.test(
  'a server that is not ready in time is told with its last lines, and ended',
  { skip: SKIP },
  async (t) => {
    ready = async () => {
      for (let line = 0; line < 25; line++) child.stdout.write(`line ${line}\n`);
      child.stderr.write('half ');
      await tick();
      child.stderr.write('a line');
      await tick();
      throw failure('ERR_PORT_TIMEOUT');
    };
    t.equal(await start(t, ['a:1', 'occupied']), 1);
    const last = Array.from({ length: 20 }, (_, index) => `line ${index + 5}`).join('\n');
    t.strictSame(steps.slice(2), [`not ready\nThe server's last lines:\n${last}\nhalf a line\n`, ...ENDED]);
  },
);

t.test('where it said nothing, nothing is told', { skip: SKIP }, async (t) => {
  ready = () => {
    throw failure('ERR_PORT_TIMEOUT');
  };
  await start(t, ['a:1', 'occupied']);
  t.strictSame(steps.slice(2), ['not ready\n', ...ENDED]);
});

t.test('--verbose shows what it says at once, and each try', { skip: SKIP }, async (t) => {
  ready = async ({ onAttempt }) => {
    onAttempt?.('one');
    child.stdout.write('hello\n');
    await tick();
    throw failure('ERR_PORT_TIMEOUT');
  };
  await start(t, ['a:1', 'occupied'], { verbose: true });
  t.strictSame(steps.slice(2), ['try one object', 'hello\n', 'not ready\n', 'clear', ...ENDED]);
});

t.test(
  'the last words of a server that has ended are waited for, for a moment',
  { skip: SKIP },
  async (t) => {
    ready = () => {
      setImmediate(() => {
        child.stdout.write('bye\n');
        setImmediate(() => child.emit('close'));
      });
      throw failure('ERR_PORT_PROCESS_ENDED');
    };
    t.equal(await start(t, ['a:1', 'occupied']), 1);
    t.strictSame(steps.slice(2), ['sleep 200', "not ready\nThe server's last lines:\nbye\n", ...ENDED]);
  },
);

t.test('a server that could not be started is told as a command is', { skip: SKIP }, async (t) => {
  const { pid, ...unborn } = child;
  child = Object.assign(new EventEmitter(), { stdout: unborn.stdout, stderr: unborn.stderr });
  ready = () => {
    child.emit('error', new Error('ENOENT'));
    throw failure('ERR_PORT_PROCESS_ENDED');
  };
  await t.rejects(start(t, ['a:{web}', 'occupied']), { message: 'cannot run serve: ENOENT' });
  t.strictSame(steps.slice(3), ['release web'], 'there is nobody to end');
});

t.test('other errors are thrown when the server has ended', { skip: SKIP }, async (t) => {
  const fault = new Error('a fault');
  ready = () => {
    throw fault;
  };
  await t.rejects(start(t, ['a:1', 'occupied']), fault);
  t.strictSame(steps.slice(2), ENDED);
});

t.test('a signal ends the wait and the server, with its code', { skip: SKIP }, async (t) => {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    steps = [];
    let isAborted = false;
    ready = (options) => {
      process.emit(signal, signal);
      isAborted = options.signal.aborted;
      throw failure('ABORT_ERR');
    };
    t.equal(await start(t, ['a:1', 'occupied']), code);
    t.equal(isAborted, true);
    t.strictSame(steps.slice(2), ENDED);
  }
});

t.test('a server has five seconds to end after SIGTERM', { skip: SKIP }, async (t) => {
  lives = 3;
  await start(t, ['a:1', 'occupied']);
  t.strictSame(steps.slice(3), ['SIGTERM', 'sleep 5', 'sleep 5', 'sleep 5', 'SIGKILL']);
  steps = [];
  lives = Infinity;
  await start(t, ['a:1', 'occupied']);
  t.equal(steps.filter((step) => step === 'sleep 5').length, 1000);
  t.equal(steps.at(-1), 'SIGKILL');
});

t.test('a killed server is waited for, whose ports the kernel has yet to free', { skip: SKIP }, async (t) => {
  [lives, deaths] = [Infinity, 2];
  await start(t, ['a:{web}', 'occupied']);
  t.strictSame(steps.slice(steps.indexOf('SIGKILL')), ['SIGKILL', 'sleep 5', 'sleep 5', 'release web']);
  [steps, lives, deaths] = [[], Infinity, Infinity];
  await start(t, ['a:1', 'occupied']);
  t.equal(steps.slice(steps.indexOf('SIGKILL') + 1).length, 200, 'but not for ever');
});
