// A server for `wait-latency.mjs`: listens and closes when it was told to, and says afterwards when it did, by the
// clock of process.hrtime(), which is the same for all processes.
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const server = createServer();

let status = 503;
const site = createHttpServer((_, response) => response.writeHead(status).end());

const listen = (listener, port) =>
  new Promise((resolve) => listener.listen({ host: '127.0.0.1', port }, resolve));

const EVENTS = {
  listen: (port) => listen(server, port),
  serve: (port) => listen(site, port),
  succeed: () => {
    status = 200;
  },
  // The socket is closed when this returns; the event waits for connections to end.
  close: () => server.close(),
};

process.on('message', async ({ event, port, delay, silence }) => {
  await sleep(delay);
  await EVENTS[event](port);
  const at = process.hrtime.bigint().toString();
  await sleep(silence);
  process.send({ at, port: (server.address() ?? site.address())?.port });
});

process.on('disconnect', () => process.exit());
