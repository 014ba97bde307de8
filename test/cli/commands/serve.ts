import { join } from 'node:path';
import t, { type Test } from 'tap';
import { invalidValue } from '../../../lib/arguments/invalid-argument';
import { mockCommand } from '../../support/mocked-command';
import { NO_SIGNALS } from '../../support/run-call';

let steps: string[] = [];
/** What `listen` fails with. */
let failure: Error | undefined;

const { command } = mockCommand<typeof import('../../../lib/cli/commands/serve')>(t, 'serve', {
  'serve/port-server': {
    PortServer: class {
      constructor(pool: unknown) {
        steps.push(`pool ${pool}`);
      }
      async listen(address: string) {
        steps.push(`listen at ${address}`);
        if (failure !== undefined) throw failure;
      }
      numbers() {
        return { ports: 10, taken: 1, granted: 5, denied: 2, invalid: 3 };
      }
      async close() {
        await new Promise(setImmediate);
        steps.push('closed');
      }
    },
  },
});

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const;

/** Serves until `signal` comes, and tells the steps and what was said on standard error. */
async function serve(t: Test, signal: NodeJS.Signals, words: readonly string[] = [], values: object = {}) {
  steps = [];
  const said: string[] = [];
  const { write } = process.stderr;
  process.stderr.write = ((text: string) => said.push(text) > 0) as typeof write;
  const before = SIGNALS.map((name) => process.listeners(name));
  try {
    const serving = command.serve({ words, values, command: undefined } as never);
    if (failure === undefined) {
      await new Promise(setImmediate);
      t.strictSame(steps.slice(2), [], 'it serves');
      process.emit('SIGUSR1');
      if (!process.emit(signal)) throw new Error(`nobody hears ${signal}`);
    }
    return { code: await serving, steps, said };
  } finally {
    process.stderr.write = write;
    for (const [index, name] of SIGNALS.entries())
      for (const listener of process.listeners(name))
        if (!before[index]?.includes(listener)) process.removeListener(name, listener);
  }
}

t.test('it serves until a signal asks it to end, and then closes', { skip: NO_SIGNALS }, async (t) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    t.strictSame(await serve(t, signal), {
      code: 0,
      steps: ['pool undefined', 'listen at @unittest-portserver', 'closed'],
      said: [
        'serving ports at @unittest-portserver: set PORTSERVER_ADDRESS=@unittest-portserver\n',
        '1 of 10 ports taken; 5 requests granted, 2 denied, 3 invalid\n',
      ],
    });
  }
  const chosen = await serve(t, 'SIGTERM', ['/tmp/ports'], { pool: '8000-8100' });
  t.match(chosen.steps, ['pool 8000-8100', 'listen at /tmp/ports', 'closed']);
  t.match(chosen.said, ['serving ports at /tmp/ports: set PORTSERVER_ADDRESS=/tmp/ports\n']);
});

t.test('why it cannot serve is told with the way out', { skip: NO_SIGNALS }, async (t) => {
  t.teardown(() => {
    failure = undefined;
  });
  const folder = t.testdir();
  const none = join(folder, 'none');
  const [there, missing] = [join(folder, 'ports'), join(none, 'ports')];
  for (const [code, address, why] of [
    ['EACCES', missing, `there is no folder ${none}: make it, or name another path`],
    ['EACCES', there, 'listen failed'],
    ['EACCES', `@${missing}`, 'listen failed'],
    ['EPERM', missing, 'listen failed'],
    [
      'EADDRINUSE',
      there,
      'a server listens there already, or a file has that name (EADDRINUSE): name another address',
    ],
  ] as const) {
    failure = Object.assign(new Error('listen failed'), { code });
    const error = await serve(t, 'SIGTERM', [address]).catch((error: unknown) => error);
    t.match(error, { exitCode: 1, message: `cannot serve at ${address}: ${why}` });
    t.equal((error as Error).cause, failure);
  }
  failure = invalidValue('address "" names no Unix socket');
  await t.rejects(serve(t, 'SIGTERM', ['']), failure);
});

t.test('Windows has no Unix sockets to serve at', async (t) => {
  steps = [];
  t.intercept(process, 'platform', { value: 'win32' });
  await t.rejects(command.serve({ words: [], values: {}, command: undefined } as never), {
    name: 'UsageError',
    message: '--serve needs Unix sockets, which Windows lacks',
  });
  t.strictSame(steps, []);
});
