import t from 'tap';
import { PortEnteredError, PortInUseError } from '../../lib/lease/errors';
import type { PortOwner } from '../../lib/machine/port-owners';

const owner = (pid: number): PortOwner => ({ pid, command: 'node "a b"' }) as PortOwner;

t.test('who uses the port of a name is told as far as it is known, with the way out', async (t) => {
  const wayOut = 'stop that, or unbind "web" to get another port';
  for (const [user, who] of [
    [owner(17), 'by "node \\"a b\\"" (pid 17)'],
    [owner(process.pid), `by "node \\"a b\\"" (pid ${process.pid}, this process)`],
    [undefined, 'by whom the system does not show (another user, or a connection that lingers for a minute)'],
  ] as const) {
    const error = new PortInUseError(7000, 'web', user);
    t.match(error, { code: 'ERR_PORT_IN_USE', port: 7000, portName: 'web' });
    t.equal(error.owner, user);
    t.equal(error.message, `port 7000 of "web" is in use ${who}: ${wayOut}`);
  }
});

t.test('who entered the port of an exclusive lease is told', async (t) => {
  const wayOut = 'stop that, or take the lease at the host of the server, so that nobody can';
  for (const [user, who] of [
    [owner(17), '"node \\"a b\\"" (pid 17)'],
    [undefined, 'a process'],
  ] as const) {
    const error = new PortEnteredError(7000, user);
    t.match(error, { code: 'ERR_PORT_ENTERED', port: 7000 });
    t.equal(error.owner, user);
    t.equal(error.message, `${who} bound port 7000 at the moment when the server was to get it: ${wayOut}`);
  }
});
