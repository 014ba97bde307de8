// Stops listeners, each with ten clients and a parent of its own, one after the other: the listener has to go, and
// nobody else. The parent is a process that started it and lives on; the clients are processes of their own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { note, portFor, runAlone } from '../part.mjs';

const CLIENTS = 10;

const SERVER = `const server = require('net').createServer((socket) => socket.on('error', () => {}));
server.listen(0, '127.0.0.1', () => process.send(server.address().port));`;
const PARENT = `const child = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(SERVER)}],
  { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
child.on('message', (port) => process.send({ port, pid: child.pid }));
child.on('exit', () => process.send('gone'));
setInterval(() => {}, 1000);`;
/** Ten connections of one process, which tells each that ends with an error: the end of a stream is no error. */
const CLIENT = `const net = require('net');
let open = 0;
process.on('message', (port) => {
  for (let index = 0; index < ${CLIENTS}; index++) {
    net.connect(port, '127.0.0.1').on('connect', () => ++open % ${CLIENTS} === 0 && process.send('connected')).on('error', () => {});
  }
});
setInterval(() => {}, 1000);`;

/** @param {string} code */
function start(code) {
  return spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

/** @param {{ stops: number }} settings */
export async function stopListeners({ stops }) {
  /** @type {string[]} */
  const faults = [];
  let stopped = 0;
  const client = start(CLIENT);
  for (let round = 0; round < stops; round++) {
    const parent = start(PARENT);
    const [{ port, pid }] = await once(parent, 'message');
    client.send(port);
    await once(client, 'message');
    const gone = once(parent, 'message');
    const result = await portFor.stopListener(port);
    await gone;
    if (result.stopped.length !== 1 || result.stopped[0]?.pid !== pid)
      note(faults, `round ${round}: another was stopped`);
    if (parent.exitCode !== null || parent.signalCode !== null)
      note(faults, `round ${round}: the parent ended`);
    if (client.exitCode !== null || client.signalCode !== null)
      note(faults, `round ${round}: the client ended`);
    const left = portFor.whoHasSync(port).flatMap(({ sockets }) => sockets.filter(({ listens }) => listens));
    if (left.length > 0) note(faults, `round ${round}: somebody listens still`);
    stopped++;
    parent.kill('SIGKILL');
  }
  client.kill('SIGKILL');
  return { faults, stopped };
}

await runAlone(import.meta.url, { stops: 1000 }, stopListeners);
