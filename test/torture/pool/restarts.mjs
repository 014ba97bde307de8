// A server ends again and again under `port-for --run --listen-fds`, and a shell starts it anew, while clients ask in a loop:
// no connection is refused. (--restart does what the shell does here, but rests after short runs.)

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { newFolder, note, portFor, ROOT, runAlone } from '../part.mjs';

/** Tells its number, and ends after the third request. A request that came in meanwhile waits for the next server. */
const SERVER = `
import os, socket
server = socket.socket(fileno=3)
for _ in range(3):
    client = server.accept()[0]
    client.sendall(b'%d\\n' % os.getpid())
    client.shutdown(socket.SHUT_WR)
    client.recv(99)
    client.close()
`;

const LOOP = `while kill -0 $PPID 2>/dev/null; do python3 -S -E -c "$SERVER"; done`;

const CLIENTS = 8;

/** @param {{ restarts: number }} settings */
export async function runRestarts({ restarts }) {
  /** @type {string[]} */
  const faults = [];
  const folder = newFolder('restarts');
  const config = join(folder, 'port-for.conf');
  const port = await new portFor.PortStore(config).bindPort('web');
  const words = ['--config', config, '--run', 'web', '--listen-fds', '--', 'sh', '-c', LOOP];
  const child = spawn(process.execPath, [join(ROOT, 'dist/port-for.js'), ...words], {
    stdio: 'ignore',
    env: { ...process.env, SERVER },
  });
  const ended = once(child, 'exit');
  await portFor.occupied('localhost', port, { timeout: 30_000, process: child });
  const servers = new Set();
  let answers = 0;
  let unanswered = 0;
  const askAgain = async () => {
    while (servers.size < restarts && child.exitCode === null) {
      try {
        const answer = await ask(port);
        if (answer === '') unanswered++;
        else {
          answers++;
          servers.add(answer);
        }
      } catch (error) {
        note(faults, `${error}`);
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, askAgain));
  if (child.exitCode !== null) note(faults, `port-for ended with ${child.exitCode}`);
  child.kill('SIGTERM');
  await ended;
  return { faults, servers: servers.size, answers, unanswered };
}

/** @param {number} port @returns {Promise<string>} */
function ask(port) {
  return new Promise((resolve, reject) => {
    let text = '';
    const client = connect(port, '127.0.0.1').setEncoding('latin1');
    client.on('data', (chunk) => {
      text += chunk;
    });
    client.on('end', () => resolve(text));
    client.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      // A server that was told nothing more resets what it has not read: that is no refusal.
      if (error.code === 'ECONNRESET') resolve(text);
      else reject(error);
    });
  });
}

await runAlone(import.meta.url, { restarts: 1000 }, runRestarts);
