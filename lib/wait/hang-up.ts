import type { Socket } from 'node:net';

/** How long a server may take to close its end, ms. */
const PATIENCE = 100;

/**
 * Ends a connection that was made to learn whether somebody accepts it, so that the server sees a client that came
 * and went: its end of the stream is closed, what it still says is read, and its own close awaited for a moment. A
 * reset would be an error at the server, and takes down each one that handles no errors of a connection. The price
 * is a TIME_WAIT at the ephemeral port of this end. The process does not stay alive for it.
 */
export function hangUp(socket: Socket): void {
  socket.end().resume().unref();
  const timer = setTimeout(() => socket.destroy(), PATIENCE).unref();
  socket.once('close', () => clearTimeout(timer));
}
