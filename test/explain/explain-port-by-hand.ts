import t, { type Test } from 'tap';
import type { PortRule, PortRuleKind } from '../../lib/explain/rule';
import { PortSet } from '../../lib/ports/port-set';
import type { HeldSocket, PortUse } from '../../lib/who/port-use';

const rule = (kind: PortRuleKind, reason: string): PortRule => ({ rule: kind, reason, source: 'here' });

interface Machine {
  readonly good?: string;
  readonly used?: string;
  readonly standing?: readonly PortRule[];
  readonly sockets?: readonly Partial<HeldSocket>[];
  /** The names by port. */
  readonly names?: Record<number, string>;
  /** What a scan of each method says of the port. */
  readonly scans?: Record<string, 'free' | 'used' | 'denied' | 'filtered'>;
}

function onMachine(
  t: Test,
  { good = '1-65535', used = '', standing = [], sockets, names = {}, scans = { bind: 'free' } }: Machine,
) {
  const scanned: string[] = [];
  const asked: unknown[] = [];
  const { explainPort } = t.mockRequire<typeof import('../../lib/explain/explain-port')>(
    '../../lib/explain/explain-port',
    {
      '../../lib/machine/used-ports': {
        usedPorts: ({ transport }: { transport: string }) => {
          asked.push(['used', transport]);
          return new PortSet(used === '' ? [] : used);
        },
      },
      '../../lib/registry/good-ports': {
        availableGoodPorts: ({ transport }: { transport: string }) => {
          asked.push(['good', transport]);
          return new PortSet(good);
        },
      },
      '../../lib/explain/registry-rules': { registryRules: () => standing.slice(0, 1) },
      '../../lib/explain/kernel-rules': { kernelRules: () => standing.slice(1, 2) },
      '../../lib/explain/run-rules': { runRules: () => standing.slice(2) },
      '../../lib/scan/scan': {
        scan: async (port: number, { method = 'bind' } = {}) => {
          scanned.push(method);
          const sets = {
            free: new PortSet(),
            used: new PortSet(),
            denied: new PortSet(),
            filtered: new PortSet(),
          };
          return { ...sets, [scans[method] ?? 'used']: new PortSet(port) };
        },
      },
      '../../lib/who/port-names': {
        portNames: () =>
          new Map(Object.entries(names).map(([port, name]) => [Number(port), [{ name, config: '/c' }]])),
        nameInWords: ({ name }: { name: string }) => `"${name}"`,
      },
      '../../lib/who/who-has': {
        whoHas: async (port: number, { transport }: { transport: string }) =>
          sockets === undefined ? [] : [{ port, transport, names: [], sockets } as unknown as PortUse],
      },
    },
  );
  return { explainPort, scanned, asked };
}

const SERVER = {
  holder: 'processes',
  address: '::',
  processes: [{ pid: 7, name: 'node', command: '', parents: [] }],
} as const;

t.test('the two standing rules that weigh most are told, not two of one kind', async (t) => {
  const standing = [
    rule('assigned', 'IANA assigns it to redis'),
    rule('assigned', 'IANA assigns it to more'),
    rule('border', 'it lies at the border'),
  ];
  const { explainPort } = onMachine(t, { good: '8000', standing });
  const { verdict, isGood, isFree, rules } = await explainPort(6379);
  t.equal(verdict, '6379/tcp is not good: IANA assigns it to redis, and it lies at the border');
  t.strictSame([isGood, isFree, rules], [false, true, standing]);

  const alone = onMachine(t, { good: '8000', standing: standing.slice(0, 2) });
  t.equal((await alone.explainPort(6379)).verdict, '6379/tcp is not good: IANA assigns it to redis');
});

t.test('who uses it follows, then whose name it is', async (t) => {
  const { explainPort } = onMachine(t, {
    standing: [rule('system', 'it is a system port')],
    sockets: [SERVER],
    names: { 80: 'web' },
  });
  t.equal(
    (await explainPort(80, { transport: 'udp' })).verdict,
    '80/udp is not good: it is a system port; node (7) uses it on ::; it belongs to "web"',
  );
  const good = onMachine(t, { sockets: [SERVER], names: { 80: 'web' } });
  t.match(await good.explainPort(80), {
    verdict: '80/tcp is good, but node (7) uses it on ::; it belongs to "web"',
    isGood: true,
    isFree: false,
  });
  const named = onMachine(t, { names: { 80: 'web' } });
  t.match(await named.explainPort(80), { verdict: '80/tcp is good, but it belongs to "web"', isFree: true });
});

t.test('a port that no socket has is bound, and connected to where it may not be', async (t) => {
  const free = onMachine(t, {});
  t.match(await free.explainPort(8080), { isFree: true, verdict: '8080/tcp is good and free' });
  t.strictSame(free.scanned, ['bind']);
  const redirected = onMachine(t, { scans: { bind: 'used' } });
  t.match(await redirected.explainPort(8080), { isFree: false, rules: [{ rule: 'redirected' }] });
  const denied = onMachine(t, { scans: { bind: 'denied', connect: 'free' } });
  t.match(await denied.explainPort(80), { isFree: true });
  t.strictSame(denied.scanned, ['bind', 'connect']);
  const dropped = onMachine(t, { scans: { bind: 'denied', connect: 'filtered' } });
  t.match(await dropped.explainPort(80), { isFree: false, rules: [{ rule: 'redirected' }] });
  const udp = onMachine(t, { scans: { bind: 'used' } });
  t.match(await udp.explainPort(8080, { transport: 'udp' }), { isFree: true, rules: [] });
  t.strictSame(udp.scanned, []);
  t.strictSame(udp.asked, [
    ['good', 'udp'],
    ['used', 'udp'],
  ]);
});

t.test('the five nearest are offered, itself first, of two as near the higher one', async (t) => {
  const nearest = async (port: number, machine: Machine) =>
    (await onMachine(t, machine).explainPort(port)).nearest;
  t.strictSame(await nearest(8080, {}), [8080, 8081, 8079, 8082, 8078]);
  t.strictSame(await nearest(8080, { used: '8080' }), [8081, 8079, 8082, 8078, 8083]);
  t.strictSame(
    await nearest(8080, { used: '8079-8081', names: { 8078: 'web' } }),
    [8082, 8083, 8077, 8084, 8076],
  );
  t.strictSame(await nearest(1, { good: '1,65535' }), [1, 65535]);
  t.strictSame(await nearest(65535, { good: '1' }), [1]);
  t.strictSame(await nearest(7, { good: '8', used: '8' }), []);
});
