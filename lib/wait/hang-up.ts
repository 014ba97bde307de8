import type { Socket } from 'node:net';
import { optionalAddon } from '../addon/optional-addon';
import type { Attempt } from './answer';

/**
 * A server that neither speaks nor closes its end for so long no longer keeps the process alive, ms. Most close within
 * one; a user who waits for the prompt does not notice half a second.
 */
const STAY = 500;

/** Nor does one that goes on speaking to a client that left for longer than this, ms. */
const LONGEST_STAY = 5000;

/** After so long a connection is closed whatever the server does, ms: it holds a descriptor. */
const PATIENCE = 60_000;

/** The same for an attempt that nobody wants any more and that has no answer yet, ms: longer than around the earth. */
const LATE_ANSWER = 500;

/** How long the process stays for an attempt at this machine that has no answer yet, ms: it answers within one. */
const NEAR_ANSWER = 100;

/**
 * With so many connections that wait for their server's end, or with a quarter of what the process may open where that is
 * more, the next attempts wait for room. A server that takes 300 ms to close leaves some hundreds behind 1,000 waits.
 */
const MANY = 1000;
const MOST = 16_384;

/** While attempts wait for room, the oldest connection is closed after so long, ms. */
const CROWDED_PATIENCE = 5000;

/** What `process.exit()` waits for the servers, ms. */
const LAST_MOMENT = 100;

/** The connections that are being ended, in the order in which that began. */
const endings = new Map<Socket, Ending>();

interface Ending {
  readonly begunAt: number;
  /** Whether the process stays for it. */
  isOwed: boolean;
}

/** The attempts that wait for room, the oldest first. */
const queue = new Set<() => void>();
let queueTimer: NodeJS.Timeout | undefined;

/**
 * Ends a connection that was made, or may yet be made, to learn whether somebody accepts it. The server sees a client
 * that came and went: the client closes its end of the stream, reads what the server still says, and waits for the
 * server's own close. A reset would be an error at the server, and takes down each one that handles no errors of a
 * connection. The price is a TIME_WAIT at the ephemeral port of this end.
 *
 * The process stays alive until the server has closed its end, which most do within a millisecond. `process.exit()`
 * runs no event loop: there the addon does the same.
 *
 * @param isNear whether the other end is this machine: the process then stays until an attempt has its answer
 */
export function hangUp(socket: Socket, isNear = false): void {
  if (socket.destroyed || endings.has(socket)) return;
  if (endings.size === 0) process.on('exit', hangUpAll);
  endings.set(socket, { begunAt: performance.now(), isOwed: true });
  if (!isMainThread()) outliveThread(socket);
  socket.once('close', () => forget(socket));
  // The answer first: it takes longer to end a connection than to make it.
  setImmediate(end, socket, isNear);
}

/** Loads what {@link hangUp} needs, which takes a millisecond: attempts do it while their connection is being made. */
export function prepareHangUp(): void {
  isMainThread();
}

function isMainThread(): boolean {
  return (require('node:worker_threads') as typeof import('node:worker_threads')).isMainThread;
}

/** `worker.terminate()` runs no more JavaScript and closes what Node has opened: the addon holds on to the connection. */
function outliveThread(socket: Socket): void {
  // Of an attempt that has no answer yet the kernel may know more than we do; if not, this ends it.
  const descriptor = descriptorOf(socket);
  if (descriptor >= 0) optionalAddon()?.hangUpBehind(descriptor);
}

/**
 * Lets a connection end as by `hangUp` where Node would destroy it at once: where the server answers something else than
 * TLS or HTTP, or its certificate is refused. What went wrong is emitted as an error all the same.
 */
export function destroyPolitely(socket: Socket): void {
  // The method of all sockets, which is what hanging up ends with.
  const setBack = () => Reflect.deleteProperty(socket, 'destroy');
  socket.destroy = (error) => {
    // A system call that failed leaves no connection to end.
    if (socket.connecting || (error !== undefined && 'syscall' in error)) {
      setBack();
      return socket.destroy(error);
    }
    hangUp(socket);
    // HTTP destroys a socket when it hears of an error.
    socket.destroy = () => socket;
    if (error !== undefined) socket.emit('error', error);
    setBack();
    return socket;
  };
}

function end(socket: Socket, isNear: boolean): void {
  if (socket.destroyed) return;
  if (socket.connecting) awaitConnection(socket, isNear);
  const leave = () => release(socket);
  const timers = [setTimeout(leave, LONGEST_STAY), setTimeout(() => socket.destroy(), PATIENCE)];
  for (const timer of timers) timer.unref();
  socket.setTimeout(STAY, leave);
  socket.once('close', () => {
    for (const timer of timers) clearTimeout(timer);
  });
  socket.end().resume();
}

/**
 * A connection that is not made when the process ends is no server's business. This machine makes one in microseconds,
 * but on a busy one the kernel can leave that to a thread of its own.
 */
function awaitConnection(socket: Socket, isNear: boolean): void {
  if (isNear) setTimeout(() => socket.connecting && release(socket), NEAR_ANSWER).unref();
  else release(socket);
  // An event loop that was busy finds the timer and the connection due together: the connection speaks first.
  const giveUp = () => setImmediate(() => socket.connecting && socket.destroy());
  const timer = setTimeout(giveUp, LATE_ANSWER).unref();
  socket.once('close', () => clearTimeout(timer));
  socket.once('connect', () => {
    clearTimeout(timer);
    socket.ref();
    const ending = endings.get(socket);
    if (ending !== undefined) ending.isOwed = true;
  });
}

function release(socket: Socket): void {
  socket.unref();
  const ending = endings.get(socket);
  if (ending !== undefined) ending.isOwed = false;
}

function forget(socket: Socket): void {
  endings.delete(socket);
  if (endings.size === 0) process.off('exit', hangUpAll);
  if (queue.size > 0) admitNext();
}

/**
 * Begins an attempt, later if too many connections are being ended: a server that is slow to close is not reset for the
 * sake of the next attempt.
 */
export function whenRoom(begin: () => Attempt): Attempt {
  if (queue.size === 0 && hasRoom()) return begin();
  let attempt: Attempt | undefined;
  const start = () => {
    attempt = begin();
  };
  queue.add(start);
  awaitRoom();
  const cancel = () => {
    queue.delete(start);
    attempt?.cancel();
    if (queue.size === 0) clearTimeout(queueTimer);
  };
  return { cancel };
}

function hasRoom(): boolean {
  if (endings.size < MANY) return true;
  const left = optionalAddon()?.descriptorsLeft() ?? 0;
  return endings.size < Math.min((left + endings.size) / 4, MOST);
}

/** One attempt for each connection that has ended: an attempt under way is one that may have to be ended. */
function admitNext(): void {
  const [start] = queue;
  if (start !== undefined && hasRoom()) {
    queue.delete(start);
    start();
  }
  awaitRoom();
}

function awaitRoom(): void {
  clearTimeout(queueTimer);
  if (queue.size === 0) return;
  const [oldest] = endings.values();
  // A refused attempt leaves no connection whose end would admit the next one.
  if (oldest === undefined || hasRoom()) queueTimer = setTimeout(admitNext, 1);
  else {
    const rest = oldest.begunAt + CROWDED_PATIENCE - performance.now();
    queueTimer = setTimeout(makeRoom, Math.max(1, rest));
  }
}

/** Gives up the oldest connection, one that the process no longer stays for if there is any; frees its descriptor. */
export function makeRoom(): void {
  const [oldest] = endings.keys();
  const socket = [...endings].find(([, { isOwed }]) => !isOwed)?.[0] ?? oldest;
  if (socket === undefined) return;
  socket.destroy();
  forget(socket);
}

function hangUpAll(): void {
  const descriptors = [...endings].filter(([, { isOwed }]) => isOwed).map(([socket]) => descriptorOf(socket));
  optionalAddon()?.hangUp(
    descriptors.filter((descriptor) => descriptor >= 0),
    LAST_MOMENT,
  );
}

/** -1 where there is none: on Windows, and for a closed socket. */
function descriptorOf(socket: Socket & { readonly _handle?: { readonly fd?: number } | null }): number {
  return socket._handle?.fd ?? -1;
}
