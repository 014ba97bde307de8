import '../support/alone';

import { createServer } from 'node:net';
import t from 'tap';
import { allocate, availableGoodPorts, portIsUsed, selectRandom } from '../../lib/index';

t.test('a pick gives a free port that no known service uses', async (t) => {
  const port = await selectRandom();
  t.ok(availableGoodPorts().has(port));
  t.equal(await portIsUsed(port), false);
});

t.test('a pick among named ports takes a free one of these', async (t) => {
  const [taken = 0, open = 0] = await allocate(2);
  const server = createServer().listen(taken);
  t.teardown(() => server.close());
  t.equal(await selectRandom({ ports: [taken, open] }), open);
});

t.test('many ports come at once, each another', async (t) => {
  t.equal(new Set(await allocate(1000)).size, 1000);
});
