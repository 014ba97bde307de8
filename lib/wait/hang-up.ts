import type { Socket } from 'node:net';
import { optionalAddon } from '../addon/optional-addon';

/** A server that neither speaks nor closes its end for so long no longer keeps the process alive, ms. */
const STAY = 500;

/** Nor does one that goes on speaking to a client that left for longer than this, ms. */
const LONGEST_STAY = 5000;

/** After so long a connection is closed whatever the server does, ms: it holds a descriptor. */
const PATIENCE = 60_000;

/** The same for an attempt that nobody wants any more and that has no answer yet, ms. */
const LATE_ANSWER = 500;

/**
 * Connections that wait for their server's end at most, or the oldest one gives way: 1,000 waits one after the other at a
 * server that takes 300 ms to close leave some hundreds. Node may open as many files as the hard limit says.
 */
const MOST = 1000;

/** What `process.exit()` waits for the servers, ms. */
const LAST_MOMENT = 100;

/** The connections that are being ended, in the order in which that began; true where the process stays for them. */
const endings = new Map<Socket, boolean>();

/**
 * Ends a connection that was made, or may yet be made, to learn whether somebody accepts it. The server sees a client
 * that came and went: the client closes its end of the stream, reads what the server still says, and waits for the
 * server's own close. A reset would be an error at the server, and takes down each one that handles no errors of a
 * connection. The price is a TIME_WAIT at the ephemeral port of this end.
 *
 * The process stays alive until the server has closed its end, which most do within a millisecond. `process.exit()`
 * runs no event loop: there the addon does the same.
 */
export function hangUp(socket: Socket): void {
  if (socket.destroyed) return;
  if (endings.size === 0) process.on('exit', hangUpAll);
  else if (endings.size >= MOST) makeRoom();
  endings.set(socket, true);
  socket.once('close', () => forget(socket));
  // The answer first: it takes longer to end a connection than to make it.
  setImmediate(end, socket);
}

function end(socket: Socket): void {
  if (socket.destroyed) return;
  // On loopback a connection stands as soon as it is begun, and the event loop has told of it by now.
  if (socket.connecting) awaitConnection(socket);
  const leave = () => release(socket);
  const timers = [setTimeout(leave, LONGEST_STAY), setTimeout(() => socket.destroy(), PATIENCE)];
  for (const timer of timers) timer.unref();
  socket.setTimeout(STAY, leave);
  socket.once('close', () => {
    for (const timer of timers) clearTimeout(timer);
  });
  socket.end().resume();
}

/** A connection that is not made when the process ends is no server's business. */
function awaitConnection(socket: Socket): void {
  release(socket);
  // An event loop that was busy finds the timer and the connection due together: the connection speaks first.
  const giveUp = () => setImmediate(() => socket.connecting && socket.destroy());
  const timer = setTimeout(giveUp, LATE_ANSWER).unref();
  socket.once('close', () => clearTimeout(timer));
  socket.once('connect', () => {
    clearTimeout(timer);
    socket.ref();
    endings.set(socket, true);
  });
}

function release(socket: Socket): void {
  socket.unref();
  if (endings.has(socket)) endings.set(socket, false);
}

function forget(socket: Socket): void {
  endings.delete(socket);
  if (endings.size === 0) process.off('exit', hangUpAll);
}

/** Gives up the oldest connection, one that the process no longer stays for if there is any; frees its descriptor. */
export function makeRoom(): void {
  const [oldest] = endings.keys();
  const socket = [...endings].find(([, isOwed]) => !isOwed)?.[0] ?? oldest;
  if (socket === undefined) return;
  socket.destroy();
  forget(socket);
}

function hangUpAll(): void {
  const descriptors = [...endings].filter(([, isOwed]) => isOwed).map(([socket]) => descriptorOf(socket));
  optionalAddon()?.hangUp(
    descriptors.filter((descriptor) => descriptor >= 0),
    LAST_MOMENT,
  );
}

/** -1 where there is none: on Windows, and for a closed socket. */
function descriptorOf(socket: Socket & { readonly _handle?: { readonly fd?: number } | null }): number {
  return socket._handle?.fd ?? -1;
}
