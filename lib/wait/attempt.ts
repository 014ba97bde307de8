import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { PortSystemError } from '../errors/port-system-error';
import { hasRoute, isLocalAddress } from '../host/local-address';
import { LONGEST_DELAY } from '../timing/long-timer';
import { type Answer, type Attempt, READY, silence } from './answer';
import { destroyPolitely, hangUp, makeRoom, prepareHangUp, whenRoom } from './hang-up';

/** Where to connect: a port of an IP address, or a Unix socket. */
export type Place = { readonly host: string; readonly port: number } | { readonly path: string };

/** What a connection has to show beyond being accepted. */
export interface Demands {
  /** How long it must last, ms, unless the server speaks; 0 if it need not. */
  readonly steady: number;
  /** How to speak TLS; undefined for plain connections. */
  readonly tls: ConnectionOptions | undefined;
}

/** This process or this machine ran out of something. */
const OWN_TROUBLE = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EAGAIN']);

/**
 * Connects once and tells `done` the answer. Without an answer within `limit` ms the port counts as not accepting. A
 * connection that met itself is no listener: the kernel gave it the very ephemeral port that it dials. That one is
 * reset, or its TIME_WAIT would keep servers off the port.
 */
export function attempt(
  place: Place,
  limit: number,
  done: (answer: Answer) => void,
  demands: Demands = { steady: 0, tls: undefined },
): Attempt {
  return whenRoom(() => begin(place, limit, done, demands));
}

function begin(
  place: Place,
  limit: number,
  done: (answer: Answer) => void,
  { steady, tls }: Demands,
): Attempt {
  let connectedAt: number | undefined;
  let lastsSince: number | undefined;
  let isSettled = false;
  let isBegun = false;

  const settle = (answer?: Answer) => {
    if (isSettled) return;
    isSettled = true;
    clearTimeout(timer);
    if (answer === MET_ITSELF) socket.resetAndDestroy();
    // On a busy machine the connection may stand in a moment, also where its time is up.
    else if (isBegun) hangUp(socket, isNear(place));
    else socket.destroy();
    if (answer !== undefined) done(answer);
  };
  const lose = (reason: string) => settle({ verdict: 'unready', reason });
  const lasted = () => Math.round(performance.now() - (connectedAt ?? 0));

  const socket = open(place, tls);
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (connectedAt === undefined) settle(toAnswer(error, place));
    else lose(error.code ?? error.message);
  });
  socket.once('connect', () => {
    connectedAt = performance.now();
    if (metItself(socket)) settle(MET_ITSELF);
    else if (tls === undefined) meet();
  });
  const meet = () => {
    if (steady === 0) return settle(READY);
    lastsSince = performance.now();
    clearTimeout(timer);
    timer = setTimeout(settle, Math.min(steady, LONGEST_DELAY), READY);
    socket.once('data', () => settle(READY));
  };
  if (tls !== undefined) socket.once('secureConnect', meet);
  socket.once('end', () => lose(`closed the connection after ${lasted()} ms`));
  socket.once('close', () => lose(`closed the connection after ${lasted()} ms`));

  // An event loop that was busy finds the timer and the connection due together: the connection speaks first.
  const giveUp = () => setImmediate(() => (connectedAt === undefined ? settle(silence(limit)) : lose(MUTE)));
  let timer = setTimeout(giveUp, Math.min(Math.max(limit, 0), LONGEST_DELAY));
  // Node begins the connection on the next tick.
  process.nextTick(() => {
    isBegun = true;
    prepareHangUp();
  });
  return {
    cancel: () => settle(),
    get lastsSince() {
      return lastsSince;
    },
  };
}

/** Whether a place is on this machine. */
export function isNear(place: Place): boolean {
  return 'path' in place || isLocalAddress(place.host);
}

function open(place: Place, tls: ConnectionOptions | undefined): Socket {
  if (tls !== undefined) {
    const { connect } = require('node:tls') as typeof import('node:tls');
    const socket = connect({ ...tls, ...place });
    destroyPolitely(socket);
    return socket;
  }
  if ('path' in place) {
    const { connectUnix } = require('../machine/unix-socket') as typeof import('../machine/unix-socket');
    return connectUnix(place.path);
  }
  const { Socket } = require('node:net') as typeof import('node:net');
  return new Socket().connect({ ...place });
}

const MET_ITSELF: Answer = { verdict: 'closed', reason: 'the port answered itself' };

const MUTE = 'the TLS handshake was not finished in time';

/** A connection that was reset had been made: one that nobody takes is refused. */
function toAnswer({ code, message }: NodeJS.ErrnoException, place: Place): Answer {
  if (code === 'ECONNRESET') return READY;
  const reason = code ?? message;
  if (code === 'EMFILE') makeRoom();
  if (isOwnTrouble(code, place)) return { verdict: 'unknown', reason };
  return { verdict: code === 'ETIMEDOUT' ? 'silent' : 'closed', reason };
}

/**
 * Whether an error says nothing about the place; any other is its answer. EADDRNOTAVAIL is both: this machine has no
 * such address, as `::1` where IPv6 is off, or no source port left to reach it from. A Unix socket whose backlog is full
 * answers EAGAIN.
 */
export function isOwnTrouble(code: string | undefined, place: Place): boolean {
  if (code === 'EADDRNOTAVAIL') return 'host' in place && hasRoute(place.host);
  return OWN_TROUBLE.has(code ?? '');
}

function metItself(socket: Socket): boolean {
  return (
    socket.localPort !== undefined &&
    socket.localPort === socket.remotePort &&
    socket.localAddress === socket.remoteAddress
  );
}

/** A connection could not even be tried. */
export function connectError(systemCode: string): PortSystemError {
  return new PortSystemError(systemCode, 'connect', `${systemCode}, connect`);
}
