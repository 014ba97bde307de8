// A server that listens at once, and is ready half a second later.
import { createServer } from 'node:http';

const readyAt = Date.now() + 500;

createServer((request, response) => {
  const isReady = Date.now() >= readyAt;
  response.writeHead(isReady ? 200 : 503).end(isReady ? `hello ${request.url}\n` : 'warming up\n');
}).listen(Number(process.argv[2]));
