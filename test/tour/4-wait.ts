import '../support/alone';

import { createServer } from 'node:net';
import t from 'tap';
import { free, occupied, selectRandom } from '../../lib/index';

t.test('a wait ends when a server listens, and when it is gone', async (t) => {
  const port = await selectRandom();
  const server = createServer();
  setTimeout(() => server.listen(port), 20);
  await occupied('localhost', port);
  t.equal(server.listening, true);
  setTimeout(() => server.close(), 20);
  await free('localhost', port);
  t.equal(server.listening, false);
});

t.test('a wait that takes too long says what it waited for', async (t) => {
  const port = await selectRandom();
  await t.rejects(occupied('localhost', port, { timeout: 10 }), {
    code: 'ERR_PORT_TIMEOUT',
    state: 'occupied',
    pending: [{ host: 'localhost', port }],
  });
});
