import t from 'tap';
import { usedPorts } from '../../lib/machine/used-ports';
import { usedSockets } from '../../lib/machine/used-sockets';
import { listen, portOf } from '../support/listen';
import { NO_TABLE } from '../support/no-table';

t.test('a listener is told with its address and its process', { skip: NO_TABLE }, async (t) => {
  const port = portOf(await listen(t, '127.0.0.1'));
  t.match(
    usedSockets({ state: 'listen' }).filter((socket) => socket.port === port),
    [{ port, transport: 'tcp', address: '127.0.0.1', listens: true, owners: [{ pid: process.pid }] }],
  );
  t.ok(usedPorts({ state: 'listen' }).has(port));
});

t.test('bad options are refused by name', async (t) => {
  t.throws(() => usedSockets({ transport: 'sctp' as never }), {
    code: 'ERR_PORT_INVALID_VALUE',
    message: /"sctp"/,
  });
  t.throws(() => usedSockets({ state: 'open' as never }), {
    code: 'ERR_PORT_INVALID_VALUE',
    message: /"open"/,
  });
});
