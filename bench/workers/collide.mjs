// Picks ports and starts a server on each 2 ms later: `collide.mjs CONTESTANT COUNT [THREADS]`. Says that it is ready,
// begins when it is sent a line, prints how many picks failed and how many ports were given twice, and keeps the ports
// until its standard input ends. With THREADS so many threads pick at the same time, COUNT each.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { CONTESTANTS } from '../harness/pickers.mjs';

const servers = [];

/** How many of `count` picks could not be listened on, or failed themselves. */
async function pickAndServe(contestant, count) {
  let failed = 0;
  for (let index = 0; index < count; index++) {
    try {
      const port = await CONTESTANTS[contestant]();
      await setTimeout(2);
      const server = createServer().listen(port);
      servers.push(server);
      await once(server, 'listening');
    } catch {
      failed++;
    }
  }
  return failed;
}

async function inThreads(contestant, count, threads) {
  const words = { workerData: { contestant, count } };
  const workers = Array.from({ length: threads }, () => new Worker(new URL(import.meta.url), words));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const answers = Promise.all(workers.map((worker) => once(worker, 'message')));
  return {
    async go() {
      for (const worker of workers) worker.postMessage('go');
      return (await answers).reduce((sum, [failed]) => sum + failed, 0);
    },
  };
}

async function main([contestant, count, threads = 0]) {
  const crew =
    Number(threads) > 0
      ? await inThreads(contestant, Number(count), Number(threads))
      : { go: () => pickAndServe(contestant, Number(count)) };
  console.log('ready');
  await once(process.stdin, 'data');
  console.log(await crew.go());
  process.stdin.resume();
  await once(process.stdin, 'end');
  process.exit();
}

if (isMainThread) {
  await main(process.argv.slice(2));
} else {
  parentPort.postMessage('ready');
  await once(parentPort, 'message');
  parentPort.postMessage(await pickAndServe(workerData.contestant, workerData.count));
  // The ports are kept until the process ends.
  await once(parentPort, 'message');
}
