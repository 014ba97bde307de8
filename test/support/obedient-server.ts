import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * A server that listens and closes as its standard input says, a line for each: `listen PORT` or `close`. It answers
 * with the same line when that is done.
 */
const server = createServer((socket) => socket.on('error', () => {}));

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [word, port] = line.split(' ');
    const answer = () => console.log(line);
    if (word === 'listen') server.listen({ port: Number(port), host: '0.0.0.0' }, answer);
    else server.close(answer);
  })
  .on('close', () => process.exit());
