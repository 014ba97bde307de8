// Prints how long after the event a wait ends, in milliseconds: `wait-latency.mjs WAITER occupied|free|ready DELAY`. The
// event, a server of another process that listens, closes or begins to answer well, comes DELAY ms after the wait began.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { worker } from '../harness/paths.mjs';
import { WAITERS } from '../harness/waiters.mjs';

/** How long the server says nothing after the event, ms: its word would keep the waiter from what it waits for. */
const SILENCE = 1500;

const [waiter, state, delay] = process.argv.slice(2);
const wait = WAITERS[waiter]()[state];
const server = fork(worker('wait-server.mjs'));

async function ask(event, { port, delay = 0, silence = 0 }) {
  server.send({ event, port, delay, silence });
  const [{ at, port: listening }] = await once(server, 'message');
  return { at: BigInt(at), port: listening };
}

/** What the server does at first, and what it is waited for to do. */
const [before, event] = {
  occupied: ['listen', 'listen'],
  free: ['listen', 'close'],
  ready: ['serve', 'succeed'],
}[state];

const { port } = await ask(before, { port: 0 });
if (state === 'occupied') await ask('close', { port });
const ended = wait(port).then(() => process.hrtime.bigint());
const { at } = await ask(event, { port, delay: Number(delay), silence: SILENCE });
console.log(JSON.stringify(Number((await ended) - at) / 1e6));
server.disconnect();
process.exit();
