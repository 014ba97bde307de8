import t, { type Test } from 'tap';
import type { SocketOwner, TableSocket } from '../../lib/addon/contract';
import { tableSocket as row } from '../support/table-socket';

/** The modules on an addon with this table and these owners; `asked` is what sockets it had to find owners of. */
function withTable(t: Test, table: readonly TableSocket[] | undefined, found: readonly SocketOwner[] = []) {
  const asked: unknown[] = [];
  const findOwners = (wanted: readonly number[]) => {
    asked.push(wanted);
    return found.filter(({ ownerKey }) => wanted.includes(ownerKey));
  };
  const addon = {
    tableSockets: (...words: unknown[]) => {
      asked.push(words.slice(0, 2));
      return table?.map((socket) => ({ ...socket }));
    },
    socketOwners: findOwners,
    findSocketOwners: async (wanted: readonly number[]) => findOwners(wanted),
    findPortOwners: async () => found,
  };
  const mocks = { '../../lib/addon/addon': { addon } };
  const sockets = t.mockRequire<typeof import('../../lib/machine/used-sockets')>(
    '../../lib/machine/used-sockets',
    mocks,
  );
  const owners = t.mockRequire<typeof import('../../lib/machine/port-owners')>(
    '../../lib/machine/port-owners',
    mocks,
  );
  return { ...sockets, ...owners, asked };
}

t.test('sockets come by port and address, each told in full', async (t) => {
  const listener = row(80, 'listen', { address: '::' });
  const table = [
    row(81, 'bound'),
    listener,
    row(80, 'established', { remoteAddress: '::ffff:10.0.0.2', remotePort: 5 }),
    row(80, 'listen', { address: '10.0.0.1' }),
    row(79, 'time-wait', { hasProcess: false, lingersFor: 30_000 }),
    row(0, 'bound'),
  ];
  const owner = { ownerKey: listener.ownerKey, pid: 7, name: 'node', command: 'node server.js' };
  const { usedSockets, findUsedSockets, asked } = withTable(t, table, [owner]);
  const told = usedSockets();
  const common = { transport: 'tcp', clients: 0, owners: [] };
  t.strictSame(told, [
    { ...common, port: 79, address: '127.0.0.1', listens: false, state: 'time-wait', lingersFor: 30_000 },
    { ...common, port: 80, address: '::', listens: true, state: 'listen', clients: 1, owners: [pick(owner)] },
    { ...common, port: 80, address: '10.0.0.1', listens: true, state: 'listen' },
    {
      ...common,
      port: 80,
      address: '127.0.0.1',
      listens: false,
      state: 'established',
      remote: { address: '10.0.0.2', port: 5 },
    },
    { ...common, port: 81, address: '127.0.0.1', listens: false, state: 'bound' },
  ]);
  t.strictSame(asked[0], ['tcp', 'all']);
  t.notOk((asked[1] as number[]).includes(table[4]?.ownerKey ?? 0), 'no owner is sought of what nobody has');
  t.strictSame(await findUsedSockets(), told);
  t.strictSame(
    usedSockets({ state: 'listen', transport: 'udp' }).map(({ port, address, transport, clients }) => [
      port,
      address,
      transport,
      clients,
    ]),
    [
      [80, '::', 'udp', 1],
      [80, '10.0.0.1', 'udp', 0],
    ],
  );
});

function pick({ pid, name, command }: SocketOwner) {
  return { pid, name, command };
}

t.test('without a table that is said', async (t) => {
  const { usedSockets, findUsedSockets, portOwners } = withTable(t, undefined);
  t.throws(() => usedSockets(), { code: 'ERR_PORT_NO_TABLE' });
  await t.rejects(findUsedSockets(), { code: 'ERR_PORT_NO_TABLE' });
  t.strictSame(portOwners(80, 'tcp'), []);
});

t.test('who listens comes first of the owners of a port, and each once', async (t) => {
  const [connection, listener] = [row(80, 'established'), row(80, 'listen')];
  const found = [
    { ownerKey: connection.ownerKey, pid: 5, name: 'a', command: 'a 1' },
    { ownerKey: connection.ownerKey, pid: 9, name: 'b', command: '' },
    { ownerKey: listener.ownerKey, pid: 9, name: 'b', command: '' },
    { ownerKey: listener.ownerKey, pid: 10, name: 'c', command: 'c' },
  ];
  const { portOwners, findPortOwners, socketOwners } = withTable(t, [connection, listener], found);
  const [a, b, c] = [
    { pid: 5, name: 'a', command: 'a 1' },
    { pid: 9, name: 'b', command: 'b' },
    { pid: 10, name: 'c', command: 'c' },
  ];
  t.strictSame(portOwners(80, 'tcp'), [b, c, a]);
  t.strictSame(await findPortOwners(80, 'tcp'), [a, b, c]);
  t.strictSame(
    [...socketOwners([connection, listener])],
    [
      [connection.ownerKey, [a, b]],
      [listener.ownerKey, [b, c]],
    ],
  );
});

t.test('a socket that is named twice is sought once', async (t) => {
  const socket = row(80, 'listen');
  const { socketOwners, asked } = withTable(t, []);
  socketOwners([socket, socket, row(81, 'bound', { hasProcess: false })]);
  t.strictSame(asked, [[socket.ownerKey]]);
});
