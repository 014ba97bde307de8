import { join } from 'node:path';
import t from 'tap';
import { kindsByPort, PORT_KINDS, portMap } from '../../lib/map/port-map';
import { PortSet } from '../../lib/ports/port-set';
import { availableGoodPorts } from '../../lib/registry/good-ports';
import { PortStore } from '../../lib/store/port-store';
import { listen, portOf } from '../support/listen';
import { NO_TABLE } from '../support/no-table';
import { bind } from '../support/sockets';

t.test('every port is of one kind', { skip: NO_TABLE }, (t) => {
  for (const transport of ['tcp', 'udp'] as const) {
    const { kinds } = portMap({ transport });
    const sizes = Object.values(kinds).map(({ size }) => size);
    t.equal(
      sizes.reduce((sum, size) => sum + size),
      65_535,
    );
    const all = Object.values(kinds).reduce((all, set) => all.union(set), new PortSet());
    t.equal(all.size, 65_535);
    t.equal(`${kinds.good}`, `${availableGoodPorts({ transport })}`);
  }
  t.end();
});

t.test('kinds by port are those of the sets', { skip: NO_TABLE }, (t) => {
  const map = portMap();
  const byPort = kindsByPort(map);
  const names = Object.keys(PORT_KINDS) as (keyof typeof PORT_KINDS)[];
  for (const port of [1, 22, 1023, 5173, 6379, 18_500, 40_000, 65_535]) {
    const kind = names[byPort[port] ?? 0] ?? 'system';
    t.ok(map.kinds[kind].has(port), `${port} is ${kind}`);
  }
  t.ok(map.kinds.assigned.has(6379));
  t.ok(map.kinds.system.has(22));
  t.end();
});

t.test('used ports and names are those of now', { skip: NO_TABLE }, async (t) => {
  const port = portOf(await listen(t, '127.0.0.1'));
  const config = join(t.testdir(), 'port-for.conf');
  new PortStore(config).bindPortSync('shop', port);
  const { used, names } = portMap({ config });
  t.ok(used.has(port));
  t.strictSame([...names], [[port, [{ name: 'shop', config }]]]);

  const socket = await bind({ type: 'udp4' }, 0, '127.0.0.1');
  t.ok(portMap({ transport: 'udp' }).used.has(socket.address().port));
  socket.close();
});

t.test('the kinds follow the settings of the kernel', { skip: NO_TABLE }, (t) => {
  let kernel = {
    ephemeralRanges: [
      { low: 1000, high: 1049 },
      { low: 32_768, high: 60_999 },
    ],
    reservedRanges: [
      { low: 1020, high: 1039 },
      { low: 40_000, high: 40_009 },
    ],
    excludedRanges: [{ low: 50_000, high: 50_009 }],
  };
  const mocks = { '../../lib/machine/ephemeral-range': { kernelPorts: () => kernel } };
  const { portMap } = t.mockRequire<typeof import('../../lib/map/port-map')>('../../lib/map/port-map', mocks);
  const { kinds: awkward } = portMap();
  t.equal(`${awkward.system}`, '1-1023');
  t.equal(`${awkward.reserved}`, '1024-1039,40000-40009,50000-50009');
  t.equal(`${awkward.ephemeral}`, '1040-1049,32768-39999,40010-49999,50010-60999');
  t.equal(`${awkward.dynamic}`, '61000-65535');
  t.equal(awkward.spare.intersection([...awkward.good]).size, 0);

  kernel = { ephemeralRanges: [{ low: 1024, high: 1030 }], reservedRanges: [], excludedRanges: [] };
  const { kinds: low } = portMap();
  t.equal(`${low.ephemeral}`, '1024-1030');
  t.ok(low.assigned.has(49_151) || low.spare.has(49_151));
  t.equal(`${low.dynamic}`, '49152-65535');
  t.end();
});

t.test('bad arguments are named', (t) => {
  t.throws(() => portMap({ transport: 'sctp' as never }), { name: 'RangeError', message: /sctp/ });
  t.throws(() => portMap({ tranport: 'udp' } as never), { name: 'RangeError', message: /tranport/ });
  t.end();
});
