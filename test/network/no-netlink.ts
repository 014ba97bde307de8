import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { addon } from '../../lib/addon/addon';
import { leaseManySync } from '../../lib/lease/lease';
import { usedPorts } from '../../lib/machine/used-ports';
import { type UsedSocket, usedSockets } from '../../lib/machine/used-sockets';
import type { PortSet } from '../../lib/ports/port-set';
import { withoutPreloads } from '../support/command';
import { distPath, ROOT } from '../support/dist';
import { buildFailCalls, type FailCalls } from '../support/fail-calls';
import { holdSockets, portsOf } from '../support/held-sockets';
import { insideNamespace } from '../support/inside-namespace';

/** Runs in turn where netlink is refused, and where there is no /proc either. */
const REFUSE = ['python3', join(__dirname, '..', 'support', 'refuse-netlink.py')];
const HIDE_PROC = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$@"', 'sh'];

const SKIP =
  spawnSync('python3', [...REFUSE.slice(1), 'true']).status === 0 ? false : 'needs python3 and seccomp';

/** Runs a JavaScript program that has the package as `portFor` and returns a value; `wrap` runs before Node. */
function run(wrap: readonly string[], code: string, ...words: string[]): unknown {
  const program = `const portFor = require(process.argv[1]); const words = process.argv.slice(2);
    console.log(JSON.stringify((() => {${code}})()));`;
  const node = [process.execPath, '-e', program, distPath('index.js'), ...words];
  const [command, rest] = withoutPreloads(wrap[0] ?? '', [...wrap.slice(1), ...node]);
  const { stdout, stderr } = spawnSync(command, rest, { encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Candidates of which 1,000 are held and a hundred are not. */
function candidates(t: Test): { all: PortSet; free: PortSet } {
  const held = leaseManySync(1100, { ports: '10000-20000' });
  t.teardown(() => {
    for (const lease of held) lease.release();
  });
  const free = held.splice(0, 100);
  for (const lease of free) lease.release();
  return { all: portsOf([...held, ...free]), free: portsOf(free) };
}

/** Picks that sweep the table where there is one: after many used ports in a row, and for many at once. */
const PICK = `
  const [ports] = words;
  const one = portFor.selectRandomSync({ ports });
  const many = portFor.allocateSync(100, { ports });
  const both = portFor.allocateSync(100, { ports, transport: 'both' });
  const used = new portFor.PortSet(ports).difference(many);
  const errors = [[1, used], [101, ports]].map(([count, ports]) => {
    try { portFor.allocateSync(count, { ports }); } catch ({ code, found }) { return { code, found }; }
  });
  return { one, many: \`\${new portFor.PortSet(many)}\`, both: \`\${new portFor.PortSet(both)}\`, errors };`;

/** What does not change from one look to the next: of the time that a port lingers, whether there is any. */
function withoutTime(sockets: readonly UsedSocket[]): unknown[] {
  return sockets.map(({ lingersFor = 0, ...rest }) => ({ ...rest, lingers: lingersFor > 0 }));
}

insideNamespace(__filename, () => {
  const { skip: cannotFail, failCalls } = buildFailCalls(t);

  /** Refuses netlink, and makes calls fail besides. */
  const refuseAndFail = (...failing: Parameters<FailCalls>) => [
    ...REFUSE,
    'env',
    ...Object.entries(failCalls(...failing)).map(([name, value]) => `${name}=${value}`),
  ];

  t.test('a kernel without IPv6 has a table of IPv4 alone', { skip: SKIP || cannotFail }, async (t) => {
    const sockets = await holdSockets(t, [
      ['listen', '127.0.0.1'],
      ['listen', '::1'],
    ]);
    const ports = (address: string) => portsOf(sockets.filter((socket) => socket.address === address));
    const read = 'return String(portFor.usedPorts());';
    t.equal(run(REFUSE, read), `${portsOf(sockets)}`);
    // The second file is that of IPv6.
    t.equal(run(refuseAndFail('open', 'ENOENT', 2, 2), read), `${ports('127.0.0.1')}`);
  });

  t.test('who listens is told the same without netlink', { skip: SKIP }, async (t) => {
    const addresses = ['127.0.0.1', '127.0.0.2', '::1', '0.0.0.0', '::'];
    const sockets = await holdSockets(
      t,
      addresses.flatMap((address) => (['listen', 'bind'] as const).map((kind) => [kind, address] as const)),
    );
    const questions = sockets.flatMap(({ port }) =>
      ['127.0.0.1', '127.0.0.2', '::1'].map((address) => [address, port] as const),
    );
    const ask = `const addon = require('node-gyp-build')(words[1]);
      return JSON.parse(words[0]).map((question) => addon.isListening(...question));`;
    const answers = questions.map((question) => addon.isListening(...question));
    t.strictSame(run(REFUSE, ask, JSON.stringify(questions), ROOT), answers);
    t.equal(answers.filter(Boolean).length, 1 + 1 + 1 + 2 + 3);
  });

  t.test('a lack of descriptors is no lack of a table', { skip: SKIP || cannotFail }, async (t) => {
    const ask = `return ['usedPorts', 'usedSockets'].map((name) => {
      try { return portFor[name](); } catch ({ code, systemCode }) { return code + ' ' + systemCode; }
    });`;
    for (const first of [1, 2])
      t.strictSame(run(refuseAndFail('open', 'EMFILE', first), ask), Array(2).fill('ERR_PORT_SYSTEM EMFILE'));
    t.strictSame(run(refuseAndFail('open', 'EACCES'), ask), Array(2).fill('ERR_PORT_NO_TABLE undefined'));
  });

  t.test('where netlink is refused, the table is read from /proc/net', { skip: SKIP }, async (t) => {
    const addresses = ['127.0.0.1', '::1', '0.0.0.0', '::'];
    const sockets = await holdSockets(
      t,
      (['listen', 'connect', 'time-wait', 'udp-bind', 'udp-connect'] as const).flatMap((kind) =>
        addresses.map((address) => [kind, address] as const),
      ),
    );
    const choices = (['tcp', 'udp'] as const).flatMap((transport) =>
      (['all', 'listen'] as const).map((state) => ({ transport, state })),
    );
    const read = 'return JSON.parse(words[0]).map((options) => String(portFor.usedPorts(options)));';
    const known = choices.map((options) => `${usedPorts(options)}`);
    t.strictSame(run(REFUSE, read, JSON.stringify(choices)), known);
    t.equal(known[0], `${portsOf(sockets.filter(({ transport }) => transport === 'tcp'))}`);

    const told = 'return portFor.usedSockets({ transport: words[0] });';
    for (const transport of ['tcp', 'udp'] as const) {
      const read = run(REFUSE, told, transport) as UsedSocket[];
      const byNetlink = usedSockets({ transport });
      t.strictSame(withoutTime(read), withoutTime(byNetlink), transport);
      // One look came some moments after the other.
      for (const [index, { lingersFor = 0 }] of read.entries())
        t.ok(Math.abs(lingersFor - (byNetlink[index]?.lingersFor ?? 0)) < 30_000, `${lingersFor} ms`);
    }
  });

  t.test('picks are the same with the table, with /proc/net and without both', { skip: SKIP }, async (t) => {
    const { all, free } = candidates(t);
    for (const wrap of [['env'], REFUSE, [...HIDE_PROC, ...REFUSE]]) {
      const picked = run(wrap, PICK, `${all}`) as { one: number };
      t.ok(free.has(picked.one));
      t.match(
        picked,
        {
          many: `${free}`,
          both: `${free}`,
          errors: [
            { code: 'ERR_PORT_NONE_FREE', found: 0 },
            { code: 'ERR_PORT_NONE_FREE', found: 100 },
          ],
        },
        wrap.join(' '),
      );
    }
  });

  t.test('without a table, asking for it is an error that names the way out', { skip: SKIP }, async (t) => {
    const ask = `return ['usedPorts', 'usedSockets', 'scanSync'].map((name) => {
      try { portFor[name](...(name === 'scanSync' ? ['80', { method: 'table' }] : [])); }
      catch ({ code, message }) { return { code, message }; }
    });`;
    const error = { code: 'ERR_PORT_NO_TABLE', message: /use scan\(\)/ };
    t.match(run([...HIDE_PROC, ...REFUSE], ask), [error, error, error]);
    const scan = "return String(portFor.scanSync('1-2000').free);";
    t.equal(run([...HIDE_PROC, ...REFUSE], scan), '1-2000');
  });
});
