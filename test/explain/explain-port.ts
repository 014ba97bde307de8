import '../support/alone';

import { join } from 'node:path';
import t from 'tap';
import { explainPort } from '../../lib/explain/explain-port';
import { useRules } from '../../lib/explain/use-rules';
import { ephemeralPortRanges } from '../../lib/machine/ephemeral-range';
import { usedPorts } from '../../lib/machine/used-ports';
import { PortSet } from '../../lib/ports/port-set';
import { availableGoodPorts, availablePorts } from '../../lib/registry/good-ports';
import { PortStore } from '../../lib/store/port-store';
import type { HeldSocket, PortUse } from '../../lib/who/port-use';
import { close, listen, portOf, portOfNobody } from '../support/listen';
import { NO_TABLE } from '../support/no-table';
import { NO_OTHER_USER, NOBODY, systemPortsAreFree } from '../support/privilege';
import { until } from '../support/program';
import { hastyGreeter, hearOut } from '../support/sockets';

const rulesOf = async (port: number, transport: 'tcp' | 'udp' = 'tcp') =>
  (await explainPort(port, { transport })).rules.map(({ rule }) => rule);

t.test('a port that IANA assigned is explained with its words and date', { skip: NO_TABLE }, async (t) => {
  const { isGood, verdict, rules, nearest } = await explainPort(6379);
  t.equal(isGood, false);
  t.match(verdict, /^6379\/tcp is not good: IANA assigns it to redis\b/);
  t.match(rules[0], {
    rule: 'assigned',
    detail: '"An advanced key-value cache and store", registered 2015-04-23',
    source: /iana\.org/,
  });
  t.equal(nearest.length, 5);
  const good = availableGoodPorts();
  t.strictSame(
    nearest.filter((port) => !good.has(port)),
    [],
  );
  const distances = nearest.map((port) => Math.abs(port - 6379));
  t.strictSame(
    distances,
    distances.toSorted((a, b) => a - b),
  );
});

t.test('each kind of port has its rule', { skip: NO_TABLE }, async (t) => {
  t.match(await rulesOf(22), ['system', 'assigned']);
  t.match(
    (await explainPort(22)).verdict,
    '22/tcp is not good: it is a system port, and IANA assigns it to ssh',
  );
  t.equal((await rulesOf(1023))[0], 'system');
  t.notOk((await rulesOf(1024)).includes('system'));
  t.match(await rulesOf(2), ['system', 'reserved by IANA']);
  t.match(await rulesOf(6379, 'udp'), ['reserved by IANA']);
  t.match(await rulesOf(9229), ['unofficial use']);
  t.match((await explainPort(9229)).rules[0], {
    reason: 'it is known for Node.js inspector',
    source: /nodejs\.org/,
  });
  t.ok((await rulesOf(49_152)).includes('dynamic'));
  t.notOk((await rulesOf(49_151)).includes('dynamic'));
  const [{ low = 0 } = {}] = ephemeralPortRanges();
  t.ok((await rulesOf(low)).includes('ephemeral'));
});

t.test('a port in a short run, or at the border of a long one, is told so', { skip: NO_TABLE }, async (t) => {
  const runs = availablePorts().ranges();
  const short = runs.find(({ low, high }) => high - low === 25);
  const long = runs.find(({ low, high }) => high - low === 26);
  if (short === undefined || long === undefined) throw new Error('no such run');
  t.match(await rulesOf(short.low + 12), ['short run']);
  for (const port of [long.low, long.low + 2, long.high - 2, long.high]) {
    t.match(await rulesOf(port), ['border'], String(port));
  }
  for (const port of [long.low + 3, long.high - 3]) t.notOk((await rulesOf(port)).includes('border'));
});

t.test(
  'every port that is not good has a standing rule, and no good one has',
  { skip: NO_TABLE },
  async (t) => {
    const good = availableGoodPorts();
    const current = new Set(['used', 'lingering', 'redirected', 'named']);
    const sample = [...new PortSet('1-65535')].filter((port) => port % 331 === 7);
    for (const port of sample) {
      const standing = (await rulesOf(port, 'udp')).filter((rule) => !current.has(rule));
      t.equal(standing.length === 0, availableGoodPorts({ transport: 'udp' }).has(port), `${port}/udp`);
    }
    const free = [...good.difference(usedPorts())][0] ?? 0;
    t.match(await explainPort(free), {
      isGood: true,
      isFree: true,
      verdict: `${free}/tcp is good and free`,
      rules: [],
    });
  },
);

t.test('who uses a port, whose name it is and what lingers is told', { skip: NO_TABLE }, async (t) => {
  const port = portOf(await listen(t, '127.0.0.1', 0));
  const config = join(t.testdir(), 'port-for.conf');
  new PortStore(config).bindPortSync('shop', port);
  const used = await explainPort(port, { config });
  t.match(used, { isFree: false, use: { port } });
  t.match(
    used.verdict,
    new RegExp(`\\S+ \\(${process.pid}\\).* uses it on 127\\.0\\.0\\.1; it belongs to "shop"$`),
  );
  t.match(
    used.rules.slice(-2).map(({ rule }) => rule),
    ['used', 'named'],
  );

  const server = await listen(t, '127.0.0.1', 0, hastyGreeter());
  const left = portOf(server);
  await hearOut(left, '127.0.0.1');
  await close(server);
  const lingers = async () => (await explainPort(left)).rules.find(({ rule }) => rule === 'lingering');
  t.ok(await until(() => usedPorts().has(left)));
  const rule = await lingers();
  t.ok(rule, 'TIME_WAIT');
  if (process.platform === 'linux') {
    const end = rule?.until?.getTime() ?? 0;
    t.ok(end > Date.now() && end < Date.now() + 61_000);
  }
});

t.test('the nearest ports offered are good, free and of no name', { skip: NO_TABLE }, async (t) => {
  const good = availableGoodPorts();
  const candidates = good.difference(usedPorts());
  const wide = candidates.ranges().find(({ low, high }) => high - low > 20);
  if (wide === undefined) throw new Error('no such run');
  const port = wide.low + 10;
  await listen(t, '127.0.0.1', port);
  const config = join(t.testdir(), 'port-for.conf');
  new PortStore(config).bindPortSync('shop', port + 1);
  new PortStore(config).bindPortSync('far', port + 6);
  const { nearest } = await explainPort(port, { config });
  t.equal(nearest.length, 5);
  for (const taken of [port, port + 1]) t.notOk(nearest.includes(taken));
  // Others may have taken one or two of them by now.
  const likely = [-5, -4, -3, -2, -1, 2, 3, 4, 5].map((distance) => port + distance);
  t.strictSame(
    nearest.filter((offered) => !likely.includes(offered)),
    [],
  );
  t.ok(
    nearest.some((offered) => offered < port),
    'ports below',
  );
  t.ok(
    nearest.some((offered) => offered > port),
    'ports above',
  );
  // Itself, then two at each distance, but one of the first: the sixth comes with the fifth.
  t.equal((await explainPort(port + 5, { config })).nearest.length, 5);
});

t.test('a UDP port is free beside a TCP server', { skip: NO_TABLE }, async (t) => {
  const port = portOf(await listen(t, '127.0.0.1', portOfNobody()));
  t.match(await explainPort(port, { transport: 'udp' }), { isFree: true });
});

t.test(
  'a port that only root may bind is free where nothing answers',
  { skip: NO_TABLE || NO_OTHER_USER || systemPortsAreFree() },
  async (t) => {
    const port = [...new PortSet('1-1023').difference(usedPorts())].at(-1) ?? 0;
    process.seteuid?.(NOBODY);
    t.teardown(() => process.seteuid?.(0));
    t.match(await explainPort(port), { isFree: true });
  },
);

t.test('until when a closed connection keeps a port is told', (t) => {
  const socket = (lingersFor?: number) => ({ holder: 'nobody', lingersFor }) as HeldSocket;
  const use = { port: 7000, transport: 'tcp', sockets: [socket(2000), socket(5000), socket()] };
  t.strictSame(
    useRules(use as unknown as PortUse, 1000).map(({ until }) => until),
    [new Date(6000)],
  );
  t.end();
});

t.test('who has sockets is told once, with all their addresses; what lingers beside them is not', (t) => {
  const socket = (address: string, holder: string) => ({ address, holder, processes: [], user: 'ann' });
  const sockets = [
    socket('127.0.0.1', 'kernel'),
    socket('::1', 'hidden'),
    socket('::', 'kernel'),
    socket('::', 'kernel'),
    socket('127.0.0.1', 'nobody'),
  ];
  t.match(useRules({ sockets } as unknown as PortUse), [
    { rule: 'used', reason: 'the kernel itself uses it on 127.0.0.1, ::' },
    { rule: 'used', reason: 'a process of ann that is hidden from you uses it on ::1' },
  ]);
  t.equal(useRules({ sockets } as unknown as PortUse).length, 2);
  const [lingering] = useRules({ sockets: [socket('::', 'nobody')] } as unknown as PortUse);
  t.match(lingering, { rule: 'lingering' });
  t.notOk(lingering && 'until' in lingering, 'where the system does not tell for how long');
  t.end();
});

t.test('invalid arguments are refused by name', async (t) => {
  await t.rejects(explainPort(0), { message: /^port 0 is out of range/ });
  await t.rejects(explainPort(80, { transport: 'both' as never }), { message: /"both"/ });
});
