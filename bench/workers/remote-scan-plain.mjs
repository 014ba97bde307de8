// The same as remote-scan.mjs in plain Node: `remote-scan-plain.mjs HOST PORTS TIMEOUT`, 256 sockets at a time.
import { createConnection } from 'node:net';
import { milliseconds } from '../harness/rounds.mjs';

const [host, ports, timeout] = process.argv.slice(2);
const [low, high] = ports.split('-').map(Number);
const found = { used: 0, filtered: 0, free: 0 };
let next = low;

function ask(port) {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    const end = (verdict) => {
      clearTimeout(timer);
      socket.destroy();
      found[verdict]++;
      resolve();
    };
    const timer = setTimeout(() => end('filtered'), Number(timeout));
    socket.once('connect', () => end('used'));
    socket.once('error', ({ code }) => end(code === 'ECONNREFUSED' ? 'free' : 'filtered'));
  });
}

async function askNext() {
  while (next <= high) await ask(next++);
}

const taken = await milliseconds(() => Promise.all(Array.from({ length: 256 }, askNext)));
console.log(JSON.stringify({ taken, ...found }));
