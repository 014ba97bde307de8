import t, { type Test } from 'tap';
import type { TableSocket } from '../../lib/addon/contract';
import type { PortOwner } from '../../lib/machine/port-owners';
import type { PortSet } from '../../lib/ports/port-set';
import type { ListedContainer } from '../../lib/process/engine';
import { tableSocket as row } from '../support/table-socket';

interface Machine {
  readonly tcp?: readonly TableSocket[];
  readonly udp?: readonly TableSocket[];
  readonly owners?: Record<number, readonly PortOwner[]>;
  readonly containers?: readonly ListedContainer[];
  readonly insideOf?: Record<number, string>;
}

/** The module on a machine with these sockets and processes. */
function onMachine(t: Test, { tcp = [], udp = [], owners = {}, containers = [], insideOf = {} }: Machine) {
  const described: number[] = [];
  const asked = { owners: 0, engines: 0 };
  const usedSockets = t.mockRequire<typeof import('../../lib/machine/used-sockets')>(
    '../../lib/machine/used-sockets',
  );
  const module = t.mockRequire<typeof import('../../lib/who/who-has')>('../../lib/who/who-has', {
    '../../lib/machine/used-sockets': {
      ...usedSockets,
      tableSockets: (transport: string, ports: PortSet) =>
        [...(transport === 'tcp' ? tcp : udp)].filter(({ port }) => ports.has(port)),
    },
    '../../lib/machine/port-owners': {
      socketOwners: (sockets: readonly TableSocket[]) => {
        asked.owners++;
        return new Map(sockets.map(({ ownerKey }) => [ownerKey, owners[ownerKey] ?? []]));
      },
    },
    '../../lib/process/process-info': {
      describeProcess: (owner: PortOwner) => {
        described.push(owner.pid);
        const id = insideOf[owner.pid];
        return {
          ...owner,
          parents: [],
          ...(id === undefined ? {} : { container: { engine: 'docker', id } }),
        };
      },
    },
    '../../lib/process/engine': {
      listContainers: async () => {
        asked.engines++;
        return containers;
      },
    },
    '../../lib/process/users': { userName: (id: number) => `user${id}` },
    '../../lib/who/hidden': { whyMissing: () => 'hidden' },
    '../../lib/who/port-names': { portNames: () => new Map() },
  });
  return { ...module, described, asked };
}

const owner = (pid: number): PortOwner => ({ pid, name: `p${pid}`, command: `p${pid}` });

t.test('listeners come first, then by address', async (t) => {
  const { whoHasSync } = onMachine(t, {
    tcp: [
      row(80, 'bound', { address: '10.0.0.1' }),
      row(80, 'listen', { address: '127.0.0.2' }),
      row(80, 'listen', { address: '127.0.0.1' }),
    ],
  });
  t.strictSame(
    whoHasSync(80)[0]?.sockets.map(({ address, listens }) => [address, listens]),
    [
      ['127.0.0.1', true],
      ['127.0.0.2', true],
      ['10.0.0.1', false],
    ],
  );
});

t.test('beside a listener count sockets that are merely bound, not its connections', async (t) => {
  const connections = ['established', 'close-wait', 'fin-wait-2', 'time-wait', 'last-ack'] as const;
  const ends = connections.map((state) => row(80, state, { remoteAddress: '10.0.0.9', remotePort: 5 }));
  const others = connections.map((state) => row(81, state));
  const { whoHasSync } = onMachine(t, { tcp: [row(80, 'listen'), row(80, 'bound'), ...ends, ...others] });
  const [with80, with81] = whoHasSync([80, 81]);
  t.strictSame(
    with80?.sockets.map(({ state, clients }) => [state, clients]),
    [
      ['listen', 3],
      ['bound', 0],
    ],
  );
  t.strictSame(with81?.sockets.map(({ state }) => state).sort(), [...connections].sort());
});

t.test('uses come by port, then by transport, in whatever order the table has them', async (t) => {
  const { whoHasSync } = onMachine(t, {
    tcp: [row(90, 'listen'), row(80, 'listen')],
    udp: [row(80, 'unconnected', { listens: true }), row(70, 'unconnected', { listens: true })],
  });
  t.strictSame(
    whoHasSync([70, 80, 90]).map(({ port, transport }) => `${port}/${transport}`),
    ['70/udp', '80/tcp', '80/udp', '90/tcp'],
  );
  t.strictSame(
    whoHasSync('70-90', { transport: 'tcp' }).map(({ port }) => port),
    [80, 90],
  );
});

t.test('a socket without a process is hidden where it has or must have one, else nobody’s', async (t) => {
  const { whoHasSync } = onMachine(t, {
    tcp: [
      row(80, 'listen', { hasProcess: false }),
      row(81, 'bound'),
      row(82, 'time-wait', { hasProcess: false, lingersFor: 30_000 }),
    ],
  });
  t.strictSame(
    whoHasSync('80-82').map(({ sockets }) => sockets.map(({ holder, lingersFor }) => [holder, lingersFor])),
    [[['hidden', undefined]], [['hidden', undefined]], [['nobody', 30_000]]],
  );
});

t.test('who can reach a socket, and its owner and other end, are told in plain words', async (t) => {
  const { whoHasSync } = onMachine(t, {
    tcp: [
      row(80, 'listen', { address: '::', userId: 7 }),
      row(81, 'listen', { address: '::', isV6Only: true }),
      row(82, 'listen', { address: '::1' }),
      row(83, 'listen', { address: '::ffff:10.0.0.1' }),
      row(84, 'established', {
        address: '::ffff:10.0.0.1',
        remoteAddress: '::ffff:10.0.0.2',
        remotePort: 5,
      }),
    ],
  });
  const [dual, alone, loopback, mapped, connection] = whoHasSync('80-84').map(({ sockets }) => sockets[0]);
  t.match(dual, { exposure: 'everybody', takesIPv4: true, user: 'user7' });
  t.match(alone, { exposure: 'everybody', takesIPv4: false });
  t.notOk(alone && 'user' in alone);
  t.match(loopback, { exposure: 'this machine', takesIPv4: false });
  t.match(mapped, { address: '10.0.0.1', exposure: 'one address', takesIPv4: true });
  t.strictSame(connection?.remote, { address: '10.0.0.2', port: 5 });
});

t.test('a process is described once, and nobody is sought where no socket is', async (t) => {
  const sockets = [row(80, 'listen'), row(81, 'listen')];
  const owners = Object.fromEntries(sockets.map(({ ownerKey }) => [ownerKey, [owner(7), owner(8)]]));
  const { whoHasSync, described, asked } = onMachine(t, { tcp: sockets, owners });
  t.strictSame(whoHasSync(82), []);
  t.equal(asked.owners, 0);
  t.match(whoHasSync('80-81'), [
    { sockets: [{ holder: 'processes', processes: [{ pid: 7 }, { pid: 8 }] }] },
    { sockets: [{ holder: 'processes', processes: [{ pid: 7 }, { pid: 8 }] }] },
  ]);
  t.strictSame(described, [7, 8]);
});

t.test('engines are asked where one process of several runs in a container', async (t) => {
  const socket = row(80, 'listen');
  const machine = {
    tcp: [socket],
    owners: { [socket.ownerKey]: [owner(7), owner(8)] },
    containers: [{ id: 'a', name: 'web', published: [] }],
  };
  const plain = onMachine(t, machine);
  t.strictSame(await plain.whoHas(80), plain.whoHasSync(80));
  t.equal(plain.asked.engines, 0);

  const inside = onMachine(t, { ...machine, insideOf: { 8: 'a' } });
  const [use] = await inside.whoHas(80);
  t.strictSame(
    use?.sockets[0]?.processes.map(({ container }) => container),
    [undefined, { engine: 'docker', id: 'a', name: 'web' }],
  );
  t.equal(inside.asked.engines, 1);
});
