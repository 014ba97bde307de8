import '../support/alone';

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import t from 'tap';
import { scan, usedPorts } from '../../lib/index';
import { NO_TABLE } from '../support/no-table';

t.test('a scan sorts every port', async (t) => {
  const server = createServer().listen();
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { free, used, denied, filtered } = await scan('1-65535');
  t.ok(used.has(port));
  t.equal(free.size + used.size + denied.size + filtered.size, 65535);
});

t.test('the socket table tells the used ports in one look', { skip: NO_TABLE }, async (t) => {
  const server = createServer().listen();
  await once(server, 'listening');
  t.teardown(() => server.close());
  t.ok(usedPorts({ state: 'listen' }).has((server.address() as AddressInfo).port));
});
