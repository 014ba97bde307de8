// A server for `wait-latency.mjs`: listens and closes when its parent says so, and answers when it did, by the clock
// of process.hrtime(), which is the same for all processes.
import { createServer } from 'node:net';

const server = createServer();

function answer() {
  process.send({ at: process.hrtime.bigint().toString(), port: server.address()?.port });
}

process.on('message', ({ word, port }) => {
  if (word === 'listen') server.listen({ host: '127.0.0.1', port }, answer);
  else {
    // The socket is closed when this returns; the event waits for connections to end.
    server.close();
    answer();
  }
});
