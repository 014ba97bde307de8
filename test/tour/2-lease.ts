import '../support/alone';

import { once } from 'node:events';
import { createServer } from 'node:http';
import t from 'tap';
import { lease, portIsUsed } from '../../lib/index';
import { HAND_OVER } from '../../lib/lease/listen';

t.test('nobody is given a port that is held', async (t) => {
  const held = await lease();
  t.teardown(() => held.release());
  t.equal(await portIsUsed(held.port), true);
  await t.rejects(lease({ ports: held.port }), { code: 'ERR_PORT_NONE_FREE' });
});

t.test('the holder listens on it, on every system', async (t) => {
  const held = await lease();
  const server = await held.listen(createServer());
  t.match(server.address(), { port: held.port });
  server.close();
  held.release();
});

t.test(
  'on Linux the holder simply listens, and the port stays held when the server stops',
  { skip: HAND_OVER !== 'beside' && 'this system lets nobody listen beside a lease' },
  async (t) => {
    const held = await lease();
    const server = createServer().listen(held.port);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    t.equal(await portIsUsed(held.port), true);
    held.release();
    t.equal(await portIsUsed(held.port), false);
  },
);
