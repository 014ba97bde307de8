import t from 'tap';
import type { Lease } from '../../../lib/lease/lease';
import { mockCommand } from '../../support/mocked-command';

let released: string[] = [];

const leaseOf = (name: string, fds: readonly number[]) =>
  ({
    fds,
    activate: () => fds.map((fd) => fd + 100),
    release: () => released.push(name),
  }) as unknown as Lease;

const HELD = new Map([
  ['web', leaseOf('web', [20, 21])],
  ['api', leaseOf('api', [22])],
]);

const load = (manner: string) =>
  mockCommand<typeof import('../../../lib/cli/commands/run-sockets')>(t, 'run-sockets', {
    'lease/listen': { HAND_OVER: manner },
  }).command;

t.test('where servers listen beside a lease, the command inherits what holds the ports', async (t) => {
  released = [];
  t.strictSame(load('beside').heldSockets(HELD), { descriptors: { first: 100, fds: [20, 21, 22] } });
  t.strictSame(released, []);
});

t.test('where none can, the ports are let go', async (t) => {
  for (const manner of ['socket', 'handle']) {
    released = [];
    t.strictSame(load(manner).heldSockets(HELD), {});
    t.strictSame(released, ['web', 'api']);
  }
});

t.test('sockets that listen are told by name, in the words of systemd and nginx', async (t) => {
  t.strictSame(load('beside').listeningSockets(HELD, { PORT: '3000', NGINX: 'own' }), {
    variables: { PORT: '3000', LISTEN_FDS: '3', LISTEN_FDNAMES: 'web:web:api', NGINX: '3;4;5;' },
    descriptors: { first: 3, fds: [120, 121, 122] },
    tellsPid: true,
  });
});
