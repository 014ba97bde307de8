import t, { type Test } from 'tap';
import { addon } from '../../../lib/addon/addon';
import { PortSet } from '../../../lib/ports/port-set';
import { withEnvironment } from '../../support/environment';
import { mockCommand } from '../../support/mocked-command';
import { stopTime } from '../../support/stopped-time';

interface Machine {
  /** The addresses of each host, and whether they are of this machine. */
  readonly hosts?: Record<string, readonly string[]>;
  readonly isLocal?: boolean;
  readonly routes?: readonly string[];
  readonly hasTable?: boolean;
  readonly sockets?: readonly object[];
  readonly result?: Record<string, string | boolean>;
  /** What the scan does before it returns. */
  readonly during?: (options: { signal: AbortSignal; onProgress: (now: object) => void }) => void;
}

const socket = (port: number, address: string, more: object = {}) => ({
  port,
  address,
  listens: true,
  clients: 0,
  owners: [{ pid: 7, name: 'node' }],
  ...more,
});

/** What the command meets, and what came of it. */
let machine: Machine = {};
let asked: unknown[] = [];
let looked: unknown[] = [];
let progress: unknown[] = [];

const { command, printed } = mockCommand<typeof import('../../../lib/cli/commands/scan')>(t, 'scan', {
  'addon/addon': {
    addon: Object.create(addon, {
      hasRoute: { value: (address: string) => machine.routes?.includes(address) ?? false },
    }),
  },
  'host/addresses': {
    addresses: async (host = '::') => machine.hosts?.[host] ?? [host],
    areLocal: () => machine.isLocal ?? true,
  },
  'machine/used-sockets': {
    usedSockets: (options: object) => {
      looked.push(options);
      return machine.sockets ?? [];
    },
  },
  'scan/scan': {
    scan: async (...call: [string, never]) => {
      asked.push(call);
      machine.during?.(call[1]);
      const { isPartial = false, ...result } = machine.result ?? {};
      const sets = ['free', 'used', 'denied', 'filtered', 'unreachable'].map((name) => [
        name,
        new PortSet((result[name] as string | undefined) || []),
      ]);
      return { ...Object.fromEntries(sets), isPartial };
    },
  },
  'who/port-names': { portNames: () => new Map([[3000, [{ name: 'web' }]]]) },
  'cli/scanning/look-up': {
    hasTable: () => machine.hasTable ?? true,
    lookUp: (isUdpAlone: boolean) => {
      looked.push(isUdpAlone);
      return (machine.sockets ?? []).map((used) => ({
        ...{ transport: 'tcp', addresses: [], service: '', names: [] },
        ...used,
      }));
    },
  },
  'cli/scanning/watch': {
    watchUsedPorts: (options: object) => {
      looked.push(options);
      return 130;
    },
  },
  'cli/scanning/progress-line': {
    ProgressLine: class {
      show(now: object) {
        progress.push(now);
      }
      clear() {
        progress.push('cleared');
      }
    },
  },
  'cli/seeing/screen': { screen: () => ({ columns: 30, rows: 24, hasColors: false }) },
});

/** Runs `--scan` on a machine that is made up, with what it prints and asks for. */
async function scanOn(t: Test, made: Machine, words: readonly string[], values: object = {}) {
  [machine, asked, looked, progress] = [made, [], [], []];
  printed.length = 0;
  const interrupts = process.listenerCount('SIGINT');
  const code = await command
    .scanPorts({ words, values, command: undefined } as never)
    .finally(() => t.equal(process.listenerCount('SIGINT'), interrupts));
  return { code, printed: [...printed], asked, looked, progress };
}

t.test('without ports, a host or a method it looks into the table; else it asks', async (t) => {
  stopTime(t);
  const sockets = [socket(80, '::'), socket(81, '::')];
  for (const isUdp of [false, true]) {
    const { code, printed, asked, looked } = await scanOn(t, { sockets }, [], isUdp ? { udp: true } : {});
    t.strictSame({ code, asked, looked }, { code: 0, asked: [], looked: [isUdp] });
    t.match(printed.slice(1), [/^80\/tcp/, /^81\/tcp/, /^2 ports used \(0 ms\)$/]);
  }
  for (const value of ['host', 'method', 'timeout', 'concurrency', 'reset']) {
    const values = { [value]: value === 'reset' || (value === 'host' ? '::1' : '1') };
    t.match((await scanOn(t, {}, [], values)).asked, [['1-65535']], value);
  }
  t.match((await scanOn(t, {}, ['80'])).asked, [['80']]);
  t.match((await scanOn(t, { hasTable: false }, [])).asked, [['1-65535']]);
});

t.test('the options of the call are those of the scan', async (t) => {
  const { asked } = await scanOn(t, {}, ['80']);
  t.match(asked, [
    ['80', { host: undefined, transport: 'tcp', method: undefined, timeout: undefined, reset: undefined }],
  ]);
  t.match(asked, [['80', { concurrency: undefined, keepPartial: true }]]);
  const values = { host: '::1', udp: true, method: 'table', timeout: '1.5', reset: true, concurrency: '10' };
  const { asked: chosen } = await scanOn(t, {}, ['80'], values);
  t.match(chosen, [
    ['80', { host: '::1', transport: 'udp', method: 'table', timeout: 1500, reset: true, concurrency: 10 }],
  ]);
});

t.test('--watch takes what to show, and nothing to ask', async (t) => {
  const { code, looked } = await scanOn(t, {}, [], { watch: true });
  t.strictSame({ code, looked }, { code: 130, looked: [{ isUdpAlone: false, isJson: false }] });
  t.strictSame((await scanOn(t, {}, [], { watch: true, udp: true, json: true })).looked, [
    { isUdpAlone: true, isJson: true },
  ]);
  for (const [words, values] of [
    [['80'], {}],
    [[], { host: '::1' }],
  ] as const) {
    await t.rejects(scanOn(t, {}, words, { watch: true, ...values }), { message: /takes no ports/ });
  }
});

t.test('the summary counts each kind, and lists the denied and the silent', async (t) => {
  const { pass } = stopTime(t);
  const during = () => pass(1239.6789);
  const some = { free: '1-3', denied: '5,6', filtered: '8', used: '' };
  const one = await scanOn(t, { result: { denied: '7' } }, ['7']);
  t.strictSame(one.printed, ['1 port of this machine: 0 used, 0 free, 1 denied (7) (0 ms)']);
  t.strictSame((await scanOn(t, {}, [])).printed, ['0 ports used (0 ms)']);
  t.strictSame((await scanOn(t, { result: some, during }, ['1-8'])).printed, [
    '6 ports of this machine: 0 used, 3 free, 2 denied (5-6), 1 filtered (8) (1.2 s)',
  ]);
  const all = await scanOn(t, { result: { used: '80' }, during: () => pass(999) }, ['80'], { host: '::1' });
  t.match(all.printed, [/^PORT/, /^80\/tcp/, /^1 port of ::1: 1 used, 0 free \(999 ms\)$/]);
  const json = await scanOn(t, { result: some, during }, ['1-8'], { json: true });
  t.strictSame(
    json.printed.map((line) => JSON.parse(line)),
    [{ host: null, used: [], free: '1-3', denied: '5-6', filtered: '8', unreachable: '', seconds: 1.24 }],
  );
  const table = await scanOn(t, {}, [], { json: true });
  t.strictSame(
    table.printed.map((line) => JSON.parse(line)),
    [{ host: null, used: [], seconds: 0 }],
  );
});

t.test('Ctrl-C ends the scan, whose part is marked, with 130', async (t) => {
  let wasAborted: boolean | undefined;
  const made: Machine = {
    result: { free: '1', filtered: '2', unreachable: '2', isPartial: true },
    during: ({ signal, onProgress }) => {
      onProgress({ done: 1 });
      wasAborted = signal.aborted;
      process.emit('SIGINT');
      wasAborted ||= !signal.aborted;
    },
  };
  const { code, printed, progress } = await scanOn(t, made, ['1-2']);
  t.strictSame([code, wasAborted, progress], [130, false, [{ done: 1 }, 'cleared']]);
  t.match(printed, [/^interrupted, partial: 2 ports of this machine: 0 used, 1 free, 1 filtered \(2\)/]);
  const json = await scanOn(t, made, ['1-2'], { json: true });
  t.match(JSON.parse(json.printed.join('\n')), { host: null, isPartial: true, unreachable: '2' });
  const silent = { ...made, result: { ...made.result, free: '' } };
  t.match(await scanOn(t, silent, ['2'], { host: '::1' }), { code: 130, printed: [/1 filtered/] });
});

t.test('a host that the network says there is no way to is a failure', async (t) => {
  const result = { filtered: '1-2', unreachable: '2' };
  const message = /^192\.0\.2\.1 cannot be reached: no answer from 2 ports, and .* no way to it/;
  const scanned = (more: object) =>
    scanOn(t, { result: { ...result, ...more } }, ['1-2'], { host: '192.0.2.1' });
  await t.rejects(scanned({}), { exitCode: 1, message });
  t.strictSame(printed, []);
  const json = { host: '192.0.2.1', json: true };
  await t.rejects(scanOn(t, { result }, ['1-2'], json), { exitCode: 1, message });
  t.match(JSON.parse(printed.join('')), { host: '192.0.2.1', filtered: '1-2', unreachable: '2' });
  for (const answered of ['free', 'used', 'denied'])
    t.match((await scanned({ [answered]: '3' })).printed.at(-1), /^3 ports of 192\.0\.2\.1/, answered);
  t.match((await scanned({ unreachable: '' })).printed, [/^2 ports of .* 2 filtered/]);
  await t.rejects(scanOn(t, { result }, ['1-2']), { message: /^this machine cannot be reached/ });
});

t.test('a host is not asked where this machine knows no way to it', async (t) => {
  const made = { hosts: { far: ['192.0.2.1', '2001:db8::1'] }, isLocal: false };
  await t.rejects(scanOn(t, made, ['80'], { host: 'far' }), {
    code: 'ERR_PORT_HOST',
    host: 'far',
    message: 'this machine knows no way to "far" (192.0.2.1, 2001:db8::1): is the network up?',
  });
  for (const more of [{ routes: ['2001:db8::1'] }, { isLocal: true }])
    t.equal((await scanOn(t, { ...made, ...more }, ['80'], { host: 'far' })).asked.length, 1);
  t.equal((await scanOn(t, { isLocal: false }, ['80'])).asked.length, 1);
});

t.test('the progress is cleared and Ctrl-C given back where a scan fails', async (t) => {
  const during = () => {
    throw new Error('no');
  };
  await t.rejects(scanOn(t, { during }, ['80']), { message: 'no' });
});

t.test('names and processes are told of ports of this machine alone', async (t) => {
  const sockets = [socket(3000, '::')];
  const used = async (made: Machine, values = {}) => {
    const words = ['3000'];
    const scanned = await scanOn(t, { sockets, result: { used: '3000' }, ...made }, words, {
      json: true,
      ...values,
    });
    const [{ names, owners }] = JSON.parse(scanned.printed.join('\n')).used;
    return { names, owners, looked: scanned.looked };
  };
  const owners = [{ pid: 7, name: 'node' }];
  t.strictSame(await used({}), { names: ['web'], owners, looked: [{ transport: 'tcp' }] });
  t.strictSame((await used({}, { udp: true })).looked, [{ transport: 'udp' }]);
  t.strictSame(await used({ isLocal: false, routes: ['far'] }, { host: 'far' }), {
    names: [],
    owners: [],
    looked: [],
  });
  t.strictSame(await used({ hasTable: false }), { names: ['web'], owners: [], looked: [] });
});

t.test('what has the port is what is in the way at the addresses of the host', async (t) => {
  const table = ['127.0.0.1', '127.0.0.2', '0.0.0.0', '::1', '::', '::ffff:127.0.0.3', 'fe80::1'];
  const sockets = table.map((address) => socket(80, address));
  for (const [host, addresses, found] of [
    ['127.0.0.1', undefined, ['127.0.0.1', '0.0.0.0', '::']],
    ['127.0.0.3', undefined, ['0.0.0.0', '::', '127.0.0.3']],
    ['0.0.0.0', undefined, ['127.0.0.1', '127.0.0.2', '0.0.0.0', '::', '127.0.0.3']],
    ['::1', undefined, ['::1', '::']],
    ['fe80::1%lo', undefined, ['::', 'fe80::1']],
    ['localhost', ['127.0.0.1', '::1'], ['127.0.0.1', '0.0.0.0', '::1', '::']],
    ['::', undefined, ['127.0.0.1', '127.0.0.2', '0.0.0.0', '::1', '::', '127.0.0.3', 'fe80::1']],
  ] as const) {
    const made: Machine = {
      sockets,
      result: { used: '80' },
      hosts: { [host]: addresses ?? [host] },
    };
    const { printed } = await scanOn(t, made, ['80'], { host, json: true });
    t.strictSame(JSON.parse(printed.join('\n')).used[0].addresses, found, host);
  }
});

t.test('lines are cut off where a screen ends, and nowhere else', async (t) => {
  const sockets = [socket(80, '::', { owners: [{ pid: 7, name: 'x'.repeat(60) }] })];
  const longest = async () => {
    const { printed } = await scanOn(t, { sockets }, []);
    return Math.max(...printed.map((line) => line.length));
  };
  t.intercept(process.stdout, 'isTTY', { value: false });
  withEnvironment(t, { COLUMNS: undefined });
  t.ok((await longest()) > 60);
  withEnvironment(t, { COLUMNS: '30' });
  t.ok((await longest()) < 30);
  withEnvironment(t, { COLUMNS: undefined });
  t.intercept(process.stdout, 'isTTY', { value: true });
  t.ok((await longest()) < 30);
});
