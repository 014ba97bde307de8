// Prints how long after the event a wait ends, in milliseconds: `wait-latency.mjs WAITER occupied|free DELAY`. The
// event, a server that listens or closes, comes DELAY ms after the wait began.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WAITERS } from '../harness/waiters.mjs';

const [waiter, state, delay] = process.argv.slice(2);
const wait = WAITERS[waiter]()[state];

const server = createServer();

async function listen(port) {
  server.listen({ host: '127.0.0.1', port });
  // For an address, the kernel has been told when listen() returns.
  const told = performance.now();
  await once(server, 'listening');
  return told;
}

function close() {
  server.close();
  return performance.now();
}

await listen(0);
const { port } = server.address();
if (state === 'occupied') await once(server.close(), 'close');

let endedAt = 0;
const ended = wait(port).then(() => {
  endedAt = performance.now();
});
await sleep(Number(delay));
const happenedAt = state === 'occupied' ? await listen(port) : close();
await ended;
console.log(JSON.stringify(endedAt - happenedAt));
process.exit();
