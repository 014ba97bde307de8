// Stops listeners, each with ten clients and a parent of its own, one after the other: the listener has to go, and
// nobody else. The parent is a process that started it and lives on; the clients are processes of their own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { note, portFor, runAlone } from '../part.mjs';

const CLIENTS = 10;

/** Forks a listener for each line that it reads, says its port and number, and when it has ended: in 2 ms, not in 200. */
const PARENT = `
import os, socket, sys
for line in sys.stdin:
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        server = socket.socket()
        server.bind(('127.0.0.1', 0))
        server.listen(64)
        os.write(told, b'%d' % server.getsockname()[1])
        os.close(told)
        clients = []
        while True:
            clients.append(server.accept())
    os.close(told)
    print(os.read(ready, 16).decode(), child, flush=True)
    os.close(ready)
    os.waitpid(child, 0)
    print('gone', flush=True)
`;
/** Ten connections of one process, which tells each that ends with an error: the end of a stream is no error. */
const CLIENT = `const net = require('net');
let open = 0;
process.on('message', (port) => {
  for (let index = 0; index < ${CLIENTS}; index++) {
    net.connect(port, '127.0.0.1').on('connect', () => ++open % ${CLIENTS} === 0 && process.send('connected')).on('error', () => {});
  }
});
setInterval(() => {}, 1000);`;

/** @param {{ stops: number }} settings */
export async function stopListeners({ stops }) {
  /** @type {string[]} */
  const faults = [];
  let stopped = 0;
  const client = spawn(process.execPath, ['-e', CLIENT], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const parent = spawn('python3', ['-c', PARENT], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(parent.stdout)[Symbol.asyncIterator]();
  for (let round = 0; round < stops; round++) {
    parent.stdin.write('start\n');
    const [port = 0, pid] = String((await lines.next()).value)
      .split(' ')
      .map(Number);
    client.send(port);
    await once(client, 'message');
    const result = await portFor.stopListener(port);
    await lines.next();
    if (result.stopped.length !== 1 || result.stopped[0]?.pid !== pid)
      note(faults, `round ${round}: another was stopped`);
    if (parent.exitCode !== null || parent.signalCode !== null)
      note(faults, `round ${round}: the parent ended`);
    if (client.exitCode !== null || client.signalCode !== null)
      note(faults, `round ${round}: the client ended`);
    const left = portFor.whoHasSync(port).flatMap(({ sockets }) => sockets.filter(({ listens }) => listens));
    if (left.length > 0) note(faults, `round ${round}: somebody listens still`);
    stopped++;
  }
  client.kill('SIGKILL');
  parent.kill('SIGKILL');
  return { faults, stopped };
}

await runAlone(import.meta.url, { stops: 1000 }, stopListeners);
