import { once } from 'node:events';
import { createServer, type ServerOpts, type Socket } from 'node:net';
import type { Test } from 'tap';

interface Habit {
  readonly options?: ServerOpts;
  readonly behave: (socket: Socket) => void;
}

/** What servers do with a connection. None handles the errors of one: in a process of its own a reset ends it. */
const HABITS = {
  silent: { behave: () => {} },
  reading: { behave: (socket) => socket.resume() },
  greeting: { behave: (socket) => socket.write('220 hi\r\n') },
  echoing: { behave: (socket) => socket.pipe(socket) },
  'greeting and closing': { behave: (socket) => socket.end('bye\r\n') },
  closing: { behave: (socket) => socket.end() },
  'greeting at length': { behave: (socket) => socket.write(Buffer.alloc(300_000)) },
  chatting: { options: { allowHalfOpen: true }, behave: (socket) => chat(socket, 30, 10) },
  'greeting late': { options: { allowHalfOpen: true }, behave: (socket) => chat(socket, 2, 120) },
  'reading late': {
    options: { pauseOnConnect: true },
    behave: (socket) => setTimeout(readLate, 150, socket),
  },
} satisfies Record<string, Habit>;

/** Says something again and again, whatever the client does, and then closes its end. */
function chat(socket: Socket, times: number, pause: number): void {
  setTimeout(() => {
    if (socket.destroyed) return;
    if (times === 0) socket.end();
    else socket.write('tick\r\n');
    if (times > 0) chat(socket, times - 1, pause);
  }, pause);
}

function readLate(socket: Socket): void {
  socket.write('220 sorry\r\n');
  socket.resume();
}

/** The habits by name. */
export const HABIT_NAMES = Object.keys(HABITS) as (keyof typeof HABITS)[];

/** Those that leave their clients waiting. */
export const SLOW_HABITS: ReadonlySet<string> = new Set(['chatting', 'greeting late', 'reading late']);

/** Starts a server of a habit at every address; gives the errors that its connections met. */
export async function startNaiveServer(t: Test, habit: keyof typeof HABITS, port: number): Promise<string[]> {
  const errors: string[] = [];
  const { options, behave }: Habit = HABITS[habit];
  const server = createServer(options ?? {}, (socket) => {
    socket.on('error', (error) => errors.push(error.message));
    behave(socket);
  });
  server.listen(port);
  await once(server, 'listening');
  t.teardown(() => server.close());
  return errors;
}
