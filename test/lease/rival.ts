import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { HAND_OVER } from '../../lib/lease/listen';
import { close } from '../support/listen';
import { startWorker, until } from '../support/program';
import { ask, greeter } from '../support/sockets';

const PORT = 0;
const TRIES = 1;
const WINS = 2;

/** Listens on the port that is shared with it, again and again, at both wildcards; counts how often that worked. */
const RIVAL = `
  const net = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const shared = new Int32Array(await new Promise((resolve) => parentPort.once('message', resolve)));
  const attempt = (port, host) => new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', resolve);
    server.listen({ port, host, exclusive: true }, () => {
      Atomics.add(shared, ${WINS}, 1);
      server.close(resolve);
    });
  });
  for (;;) {
    const port = Atomics.load(shared, ${PORT});
    if (port > 0) for (const host of ['::', '0.0.0.0']) await attempt(port, host);
    Atomics.add(shared, ${TRIES}, 1);
    await new Promise(setImmediate);
  }`;

function startRival(t: Test): Int32Array {
  const shared = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
  const rival = startWorker(RIVAL);
  rival.postMessage(shared.buffer);
  t.teardown(() => rival.terminate());
  return shared;
}

/** Until the rival has ended the attempts that it was in, and made others on the port as it is shared now. */
function wholeTry(shared: Int32Array): Promise<boolean> {
  const tries = Atomics.load(shared, TRIES);
  return until(() => Atomics.load(shared, TRIES) >= tries + 2);
}

/** How many ports are handed over; docs/systems.md has the count of a long form. */
const ROUNDS = Number(process.env.PORT_FOR_ROUNDS ?? 40);

t.test(
  'a port is handed over without a moment in which a rival could take it',
  { skip: HAND_OVER === 'beside' && 'here the lease goes on while the server listens' },
  async (t) => {
    const shared = startRival(t);
    for (let round = 0; round < ROUNDS; round++) {
      const held = leaseSync();
      Atomics.store(shared, PORT, held.port);
      t.ok(await wholeTry(shared));
      const server = await held.listen(greeter());
      t.equal(await ask(held.port, '127.0.0.1'), 'hello');
      await setTimeout(1);
      Atomics.store(shared, PORT, 0);
      t.ok(await wholeTry(shared), 'the rival has left the port before it becomes free');
      await close(server);
    }
    t.equal(Atomics.load(shared, WINS), 0);
  },
);

t.test('the rival takes a port that is let go', async (t) => {
  const shared = startRival(t);
  const held = leaseSync({ exclusive: true });
  Atomics.store(shared, PORT, held.port);
  t.ok(await wholeTry(shared));
  t.equal(Atomics.load(shared, WINS), 0);
  held.release();
  t.ok(await until(() => Atomics.load(shared, WINS) > 0));
});
