import type { Socket } from 'node:net';
import { PortSystemError } from '../errors/port-system-error';
import { hasRoute } from '../host/local-address';
import { LONGEST_DELAY } from '../timing/long-timer';
import { hangUp } from './hang-up';

/** What one connection attempt learnt. */
export interface Answer {
  /** Somebody listens. */
  readonly accepted: boolean;
  /** False where the attempt failed for want of something on this side, which says nothing about the port. */
  readonly conclusive: boolean;
  /** Nothing came back in time: nobody is there, or a packet was lost. */
  readonly isSilence: boolean;
  /** Why it was not accepted; empty where it was. */
  readonly reason: string;
}

/** An attempt under way. */
export interface Attempt {
  /** Ends it without an answer. A connection that was made meanwhile ends as politely as any other. */
  cancel(): void;
}

/** This process or this machine ran out of something. */
const OWN_TROUBLE = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EAGAIN']);

/**
 * Connects to a port of an IP address once and tells `done` the answer, never before it returns. Without an answer
 * within `limit` ms the port counts as not accepting. A connection that met itself is no listener: the kernel gave
 * it the very ephemeral port that it dials. That one is reset, or its TIME_WAIT would keep servers off the port.
 */
export function attempt(
  address: string,
  port: number,
  limit: number,
  done: (answer: Answer) => void,
): Attempt {
  const { Socket } = require('node:net') as typeof import('node:net');
  const socket = new Socket();
  let settled = false;
  let isBegun = false;

  const settle = (answer?: Answer) => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    if (answer === ACCEPTED || (answer === undefined && isBegun)) hangUp(socket);
    else if (answer === MET_ITSELF) socket.resetAndDestroy();
    else socket.destroy();
    if (answer !== undefined) done(answer);
  };

  socket.on('error', (error: NodeJS.ErrnoException) => settle(toAnswer(error, address)));
  socket.once('connect', () => settle(metItself(socket) ? MET_ITSELF : ACCEPTED));
  // An event loop that was busy finds the timer and the connection due together: the connection speaks first.
  const giveUp = () => setImmediate(settle, silence(limit));
  const timer = setTimeout(giveUp, Math.min(limit, LONGEST_DELAY));
  socket.connect({ host: address, port });
  // Node begins the connection on the next tick.
  process.nextTick(() => {
    isBegun = true;
  });
  return { cancel: () => settle() };
}

const ACCEPTED: Answer = { accepted: true, conclusive: true, isSilence: false, reason: '' };

const MET_ITSELF = failure('the port answered itself');

/** A connection that was reset had been made: one that nobody takes is refused. */
function toAnswer({ code, message }: NodeJS.ErrnoException, address: string): Answer {
  if (code === 'ECONNRESET') return { ...ACCEPTED };
  return { ...failure(code ?? message), conclusive: !isOwnTrouble(code, address) };
}

/**
 * Whether an error says nothing about the port; any other is the network's answer. EADDRNOTAVAIL is both: this machine
 * has no such address, as `::1` where IPv6 is off, or no source port left to reach it from.
 */
function isOwnTrouble(code: string | undefined, address: string): boolean {
  return code === 'EADDRNOTAVAIL' ? hasRoute(address) : OWN_TROUBLE.has(code ?? '');
}

function failure(reason: string): Answer {
  return { accepted: false, conclusive: true, isSilence: reason === 'ETIMEDOUT', reason };
}

function silence(limit: number): Answer {
  return { accepted: false, conclusive: true, isSilence: true, reason: `no answer within ${limit} ms` };
}

function metItself(socket: Socket): boolean {
  return socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress;
}

/** A connection could not even be tried. */
export function connectError(systemCode: string): PortSystemError {
  return new PortSystemError(systemCode, 'connect', `${systemCode}, connect`);
}
