import { setImmediate as tick } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { mockCommand } from '../../support/mocked-command';

let steps: string[] = [];
/** The ports of names. */
let bound = new Map<string, number>();
/** Whose lease fails. */
let failing = new Set<string>();
/** What the command does. */
let ends: () => number | Promise<number> = () => 0;

const lease = (name: string, port: number) => {
  steps.push(`hold ${name} ${port}`);
  return { port, release: () => steps.push(`release ${name}`) };
};

const portOf = (name: string, { port }: { port?: number } = {}) => {
  const found = bound.get(name) ?? port ?? 5000 + bound.size;
  bound.set(name, found);
  return found;
};

const store = {
  boundPorts: async () => new Map(bound),
  bindPort: async (name: string) => {
    steps.push(`bind ${name}`);
    if (failing.has(name)) throw new Error(`${name} fails`);
    return portOf(name);
  },
  rebindPort: async (name: string, wish: number | { port: number }) => {
    const port = typeof wish === 'number' ? wish : wish.port;
    steps.push(`rebind ${name} ${port}`);
    bound.set(name, port);
  },
  lease: async (name: string, wish: { port?: number }) => {
    if (failing.has(name)) throw new Error(`${name} fails`);
    return lease(name, portOf(name, wish));
  },
};

const runner = (how: string) => async (words: readonly string[], settings: object) => {
  steps.push(`${how} ${words.join(' ')} ${JSON.stringify(settings)}`);
  return ends();
};

const { command } = mockCommand<typeof import('../../../lib/cli/commands/run')>(t, 'run', {
  'cli/commands/open-store': {
    openStore: () => store,
    namesOf: (words: readonly string[]) => words,
  },
  'cli/commands/temp': {
    holdTemporary: async (_: object, [count = '1']: readonly string[]) =>
      new Map(
        Array.from({ length: Number(count) }, (_, index) => [
          `${index + 1}`,
          lease(`${index + 1}`, 6001 + index),
        ]),
      ),
  },
  'cli/commands/run-sockets': {
    heldSockets: (held: Map<string, unknown>) => ({ keeps: [...held.keys()].join() }),
    listeningSockets: (held: Map<string, unknown>, variables: object) => ({
      listens: [...held.keys()].join(),
      variables,
    }),
  },
  'cli/commands/running': {
    sayWhoRuns: (error: Error, of: unknown) => (of === store ? new Error(`said: ${error.message}`) : error),
  },
  'cli/run-command': { runCommand: runner('run') },
  'cli/run-again': { runAgainAndAgain: runner('again') },
  'cli/port-doubts': { warnOfPort: (port: number) => steps.push(`doubt ${port}`) },
  'cli/warn': { warn: (line: string) => steps.push(`warn ${line}`) },
});

async function run(words: readonly string[], values: object = {}, lists: readonly string[] = []) {
  steps = [];
  const valuesOf = new Map(lists.length === 0 ? [] : [['with', lists]]);
  return command.runHeld({ words, values, valuesOf, command: ['serve', '{web}', '{api}'] } as never);
}

t.beforeEach(() => {
  bound = new Map();
  failing = new Set();
  ends = () => 0;
});

t.test('the ports are held until the command has ended, with whose code it ends', async (t) => {
  ends = async () => {
    await tick();
    steps.push('end');
    return 7;
  };
  t.equal(await run(['web', 'api']), 7);
  const variables = { PORT: '5000', WEB_PORT: '5000', API_PORT: '5001' };
  t.strictSame(steps, [
    'hold web 5000',
    'hold api 5001',
    `run serve 5000 5001 ${JSON.stringify({ variables, keeps: 'web,api' })}`,
    'end',
    'release web',
    'release api',
  ]);
  ends = () => {
    throw new Error('cannot run');
  };
  await t.rejects(run(['web']), { message: 'cannot run' });
  t.equal(steps.at(-1), 'release web');
});

t.test('sockets that listen are passed on, and the command run again, where asked for', async (t) => {
  await run(['web'], { 'listen-fds': true, restart: true });
  const variables = { PORT: '5000', WEB_PORT: '5000' };
  t.equal(steps[1], `again serve 5000 {api} ${JSON.stringify({ listens: 'web', variables })}`);
});

t.test('names of --with are told once, and held by nobody', async (t) => {
  bound = new Map([['db', 7000]]);
  await run(['web'], { with: 'db,Cache', port: undefined }, ['db,Cache', 'cache,web']);
  const variables = { PORT: '5001', WEB_PORT: '5001', DB_PORT: '7000', CACHE_PORT: '5002' };
  t.strictSame(steps, [
    'hold web 5001',
    'bind db',
    'bind cache',
    `run serve 5001 {api} ${JSON.stringify({ variables, keeps: 'web' })}`,
    'release web',
  ]);
});

t.test('all names are held, or none', async (t) => {
  failing = new Set(['api']);
  await t.rejects(run(['web', 'api']), { message: 'said: api fails' });
  t.strictSame(steps, ['hold web 5000', 'release web']);
  await t.rejects(run(['web'], { with: 'api' }, ['api']), { message: 'said: api fails' });
  t.strictSame(steps, ['hold web 5000', 'bind api', 'release web']);
});

t.test('names of one variable are refused before a port is held, odd ones warned of', async (t) => {
  await t.rejects(run(['a-b', 'a.b']), { name: 'UsageError', message: /A_B_PORT/ });
  t.strictSame(steps, []);
  await t.rejects(run(['a-b'], { with: 'a.b' }, ['a.b']), { name: 'UsageError', message: /A_B_PORT/ });
  t.strictSame(steps, []);
  await run(['8080'], { with: '9' }, ['9']);
  t.match(steps, [/^warn "8080" is _8080_PORT/, /^warn "9" is _9_PORT/, 'hold 8080 5000']);
});

t.test('--port moves a name that has another port, and back where it cannot be held', async (t) => {
  const wish = { port: '4000' };
  await run(['web'], wish);
  t.match(steps, ['hold web 4000', 'doubt 4000', /^run/], 'a new name');
  await run(['web'], wish);
  t.match(steps, ['hold web 4000', 'doubt 4000', /^run/], 'the same port');
  await run(['web'], { port: '4001' });
  t.match(steps, ['rebind web 4001', 'hold web 4001', 'doubt 4001', /^run/]);
  failing = new Set(['web']);
  await t.rejects(run(['web'], wish), { message: 'said: web fails' });
  t.strictSame(steps, ['rebind web 4000', 'rebind web 4001']);
});

t.test('temporary ports are held by their place', async (t) => {
  await run(['2'], { temp: true });
  const variables = { PORT: '6001', PORT_1: '6001', PORT_2: '6002' };
  t.strictSame(steps, [
    'hold 1 6001',
    'hold 2 6002',
    `run serve {web} {api} ${JSON.stringify({ variables, keeps: '1,2' })}`,
    'release 1',
    'release 2',
  ]);
  await run([], { temp: true, 'from-server': true });
  t.equal(steps[0], 'hold 1 6001');
});

t.test('options of names do not go with temporary ports, nor the server’s with names', async (t: Test) => {
  for (const [values, message] of [
    [{ temp: true, port: '4000' }, '--temp does not go with --port'],
    [{ temp: true, with: 'db' }, '--temp does not go with --with'],
    [{ 'from-server': true }, '--from-server goes with --temp'],
  ] as const) {
    await t.rejects(run([], values), { name: 'UsageError', message });
    t.strictSame(steps, []);
  }
});
