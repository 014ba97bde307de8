import { join } from 'node:path';
import t from 'tap';
import { kindsByPort, PORT_KINDS, portMap } from '../../lib/map/port-map';
import { PortSet } from '../../lib/ports/port-set';
import { availableGoodPorts } from '../../lib/registry/good-ports';
import { PortStore } from '../../lib/store/port-store';
import { listen, portOf } from '../support/listen';
import { NO_TABLE } from '../support/no-table';

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
});
