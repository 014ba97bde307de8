// Prints how long after the event a wait ends, in milliseconds: `wait-latency.mjs WAITER occupied|free DELAY`. The
// event, a server of another process that listens or closes, comes DELAY ms after the wait began.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { worker } from '../harness/paths.mjs';
import { WAITERS } from '../harness/waiters.mjs';

const [waiter, state, delay] = process.argv.slice(2);
const wait = WAITERS[waiter]()[state];
const server = fork(worker('wait-server.mjs'));

async function tell(word, port) {
  server.send({ word, port });
  const [answer] = await once(server, 'message');
  return { at: BigInt(answer.at), port: answer.port };
}

const { port } = await tell('listen', 0);
if (state === 'occupied') await tell('close');
let endedAt = 0n;
const ended = wait(port).then(() => {
  endedAt = process.hrtime.bigint();
});
await sleep(Number(delay));
const { at } = await tell(state === 'occupied' ? 'listen' : 'close', port);
await ended;
console.log(JSON.stringify(Number(endedAt - at) / 1e6));
server.disconnect();
process.exit();
