import t from 'tap';
import type { ProcessInfo } from '../../lib/process/process-info';
import { concernsContainer, nameContainers } from '../../lib/who/container-names';
import type { PortUse } from '../../lib/who/port-use';

const info = (more: Partial<ProcessInfo>): ProcessInfo => ({
  pid: 7,
  name: '',
  command: '',
  parents: [],
  ...more,
});
const inside = info({ container: { engine: 'docker', id: 'a' } });
const proxy = info({ proxy: { engine: 'docker' } as never });
const plain = info({});

const use = (port: number, ...processes: ProcessInfo[]) =>
  ({ port, transport: 'tcp', names: [], sockets: [{ address: '::', processes }] }) as unknown as PortUse;

t.test('a process in a container, and one that publishes its ports, concern it', (t) => {
  t.strictSame([inside, proxy, plain].map(concernsContainer), [true, true, false]);
  t.end();
});

t.test('what runs in a container has its name, a proxy that of the container with its port', (t) => {
  const containers = [
    { id: 'b', name: 'other', published: ['8080/udp', '81/tcp'] },
    { id: 'a', name: 'web', published: ['8080/tcp'] },
  ];
  const [named, elsewhere] = nameContainers([use(8080, inside, proxy, plain), use(82, proxy)], containers);
  t.strictSame(named?.sockets[0]?.processes, [
    { ...inside, container: { engine: 'docker', id: 'a', name: 'web' } },
    { ...proxy, proxy: { engine: 'docker', id: 'a', name: 'web' } },
    plain,
  ]);
  const udp = { ...use(8080, proxy), transport: 'udp' } as const;
  t.match(nameContainers([udp], containers)[0]?.sockets[0]?.processes, [
    { proxy: { id: 'b', name: 'other' } },
  ]);
  t.equal(named?.sockets[0]?.address, '::');
  t.strictSame(elsewhere, use(82, proxy), 'a port that none has published');
  const unknown = use(8080, info({ container: { engine: 'docker', id: 'c' } }));
  t.strictSame(nameContainers([unknown], containers), [unknown]);
  t.end();
});
