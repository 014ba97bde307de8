import t, { type Test } from 'tap';
import { mockCommand } from '../../support/mocked-command';

interface Used {
  readonly port: number;
  readonly transport: 'tcp' | 'udp';
  readonly clients: number;
  readonly owners: readonly { pid: number; name: string }[];
}

const port = (number: number, transport: 'tcp' | 'udp' = 'tcp', pid = 7, clients = 0) => ({
  port: number,
  transport,
  addresses: ['::1'],
  service: '',
  names: [],
  owners: [{ pid, name: 'node' }],
  clients,
});

let used: Used[] = [];
let failure: Error | undefined;
let looks: boolean[] = [];
let isTerminal = false;
let onChange = () => {};
let stopped = 0;
/** The interval that is under way. */
let tick: (() => void) | undefined;

const { command, printed } = mockCommand<typeof import('../../../lib/cli/scanning/watch')>(
  t,
  '../scanning/watch',
  {
    'node:tty': { isatty: (descriptor: number) => descriptor === 1 && isTerminal },
    'addon/addon': {
      addon: {
        watchListeners: (pace: { steps: object; restPerSweep: number }, listener: () => void) => {
          t.strictSame(pace, { steps: [[Infinity, 50]], restPerSweep: 20 });
          onChange = listener;
          return { stop: () => stopped++ };
        },
      },
    },
    'cli/scanning/look-up': {
      lookUp: (isUdpAlone: boolean) => {
        looks.push(isUdpAlone);
        if (failure !== undefined) throw failure;
        return used;
      },
    },
    'cli/seeing/screen': { screen: () => ({ columns: 40, rows: 4, hasColors: false }) },
  },
);

/** Watches, with intervals that the test rings. */
function watch(t: Test, options: { isUdpAlone?: boolean; isJson?: boolean } = {}, first?: Used[]) {
  [used, looks, failure, stopped] = [first ?? [port(80), port(53, 'udp')], [], undefined, 0];
  printed.length = 0;
  const { setInterval, clearInterval } = globalThis;
  t.teardown(() => Object.assign(globalThis, { setInterval, clearInterval }));
  Object.assign(globalThis, {
    setInterval: (call: () => void, ms: number) => {
      t.equal(ms, 1000);
      tick = call;
      return 'timer';
    },
    clearInterval: (timer: unknown) => {
      t.equal(timer, 'timer');
      tick = undefined;
    },
  });
  const end = command.watchUsedPorts({ isUdpAlone: false, isJson: false, ...options });
  return {
    said: () => printed.splice(0),
    interrupt: () => {
      process.emit('SIGINT');
      return end;
    },
    end,
  };
}

t.test('without a terminal there is the table first, then a line for each change', async (t) => {
  isTerminal = false;
  const { said, interrupt } = watch(t);
  t.match(said(), [/^ {2}PORT /, /^ {2}80\/tcp +::1 +node \(7\)$/, /^ {2}53\/udp /]);
  tick?.();
  t.strictSame(said(), [], 'nothing has changed');
  used = [port(80, 'tcp', 7, 5), port(53, 'udp')];
  tick?.();
  t.strictSame(said(), [], 'clients come and go');
  used = [port(80, 'tcp', 8), port(53, 'udp'), port(81)];
  onChange();
  t.match(said(), [/^\+ 80\/tcp .*\(8\)$/, /^\+ 81\/tcp /, /^- 80\/tcp .*\(7\)$/]);
  const moved = { ...port(81), addresses: ['127.0.0.1'], owners: [{ pid: 7, name: 'x'.repeat(60) }] };
  used = [port(80, 'tcp', 8), port(53, 'udp'), moved];
  tick?.();
  t.match(said(), [/^\+ 81\/tcp +127\.0\.0\.1 +x{60} \(7\)$/, /^- 81\/tcp +::1 /]);
  used = [];
  tick?.();
  t.match(said(), [/^- 80/, /^- 53/, /^- 81/]);
  t.equal(await interrupt(), 130);
});

t.test('a terminal shows the whole table again, by port, what fits', async (t) => {
  isTerminal = true;
  const clear = '\u001b[H\u001b[2J\u001b[3J';
  const { said, interrupt } = watch(t);
  const screens = () => said().map((text) => text.replace(clear, '<clear>').split('\n'));
  t.match(screens(), [[/^<clear> {2}PORT /, /^ {2}80\/tcp /, /^ {2}53\/udp /]]);
  used = [port(443), port(80), port(8080)];
  onChange();
  const [shown = []] = screens();
  t.match(shown, [/^<clear> {2}PORT/, /^ {2}80\/tcp/, /^\+ 443\/tcp/]);
  t.equal(shown.length, 3, 'three of four rows');
  used = [port(443), port(8080)];
  onChange();
  t.match(screens(), [[/^<clear>/, /^- 80\/tcp/, /^ {2}443\/tcp/]]);
  used = [port(53, 'udp'), port(1)];
  onChange();
  t.match(screens(), [[/^<clear>/, /^\+ 1\/tcp/, /^- 443\/tcp/]]);
  await interrupt();
});

t.test('--json has an event a line', async (t) => {
  const { said, interrupt } = watch(t, { isJson: true, isUdpAlone: true });
  const events = () =>
    said().map((line) => {
      const { event, port, transport, owners } = JSON.parse(line);
      return [event, port, transport, owners[0].pid];
    });
  t.strictSame(events(), [
    ['used', 80, 'tcp', 7],
    ['used', 53, 'udp', 7],
  ]);
  used = [port(53, 'udp'), port(81)];
  onChange();
  t.strictSame(events(), [
    ['new', 81, 'tcp', 7],
    ['gone', 80, 'tcp', 7],
  ]);
  t.strictSame(looks, [true, true]);
  await interrupt();
});

t.test('where nothing is used there is a table without ports, and no event', async (t) => {
  isTerminal = false;
  for (const isJson of [false, true]) {
    const before = [port(80)];
    const { said, interrupt } = watch(t, { isJson }, []);
    t.strictSame(said(), isJson ? [] : ['  PORT  ADDRESS  SERVICE  PROCESS']);
    tick?.();
    t.strictSame(said(), []);
    used = before;
    tick?.();
    t.match(said(), isJson ? [/"new"/] : [/^\+ 80/]);
    await interrupt();
  }
});

t.test('Ctrl-C and a look that fails end it, and leave nothing behind', async (t) => {
  const listeners = process.listenerCount('SIGINT');
  const left = () => [tick, stopped, process.listenerCount('SIGINT') - listeners];
  const { interrupt } = watch(t);
  t.match(left(), [Function, 0, 1]);
  t.equal(await interrupt(), 130);
  t.strictSame(left(), [undefined, 1, 0]);
  for (const ring of [() => tick?.(), () => onChange()]) {
    const { end } = watch(t);
    failure = new Error('no table any more');
    ring();
    await t.rejects(end, failure);
    t.strictSame(left(), [undefined, 1, 0]);
  }
});
