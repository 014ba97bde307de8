import t from 'tap';
import { usedPortsOf } from '../../../lib/cli/scanning/used-port';
import type { UsedSocket } from '../../../lib/machine/used-sockets';

const socket = (port: number, address: string, listens: boolean, pids: number[] = [], clients = 0) =>
  ({
    port,
    address,
    listens,
    clients,
    owners: pids.map((pid) => ({ pid, name: `p${pid}`, command: 'secret' })),
  }) as unknown as UsedSocket;

t.test('a used port is told by its listeners, each address and process once', (t) => {
  const sockets = [
    socket(6379, '127.0.0.1', false, [9]),
    socket(6379, '::ffff:127.0.0.1', true, [7, 8], 2),
    socket(6379, '127.0.0.1', true, [7], 1),
    socket(7000, '::1', false, [9], 0),
    socket(7001, '::', true),
  ];
  const names = new Map([[7000, [{ name: 'web', config: '/a' }]]]);
  t.strictSame(usedPortsOf([6379, 7000, 7002], 'tcp', sockets, names), [
    {
      port: 6379,
      transport: 'tcp',
      addresses: ['127.0.0.1'],
      service: 'redis',
      owners: [
        { pid: 7, name: 'p7' },
        { pid: 8, name: 'p8' },
      ],
      names: [],
      clients: 3,
    },
    {
      port: 7000,
      transport: 'tcp',
      addresses: ['::1'],
      service: 'afs3-fileserver',
      owners: [{ pid: 9, name: 'p9' }],
      names: ['web'],
      clients: 0,
    },
    {
      port: 7002,
      transport: 'tcp',
      addresses: [],
      service: 'afs3-prserver',
      owners: [],
      names: [],
      clients: 0,
    },
  ]);
  t.match(
    usedPortsOf([514], 'udp', []).at(0),
    { transport: 'udp', service: 'syslog' },
    'over TCP it is another',
  );
  t.end();
});
