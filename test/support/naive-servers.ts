import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerOpts, type Socket } from 'node:net';
import { setPriority } from 'node:os';
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
  'answering the end': {
    options: { allowHalfOpen: true },
    behave: (socket) => socket.resume().on('end', () => socket.end('bye\r\n')),
  },
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
export const HABIT_NAMES = Object.keys(HABITS) as HabitName[];

/** Those that leave their clients waiting. */
export const SLOW_HABITS: ReadonlySet<string> = new Set(['chatting', 'greeting late', 'reading late']);

/** Those that close their end before the client does. */
export const CLOSE_FIRST: ReadonlySet<string> = new Set(['greeting and closing', 'closing']);

type HabitName = keyof typeof HABITS;

/** Serves a habit at every address of a port; `errors` gets what its connections meet. */
async function serve(habit: HabitName, port: number, errors: string[]): Promise<void> {
  const { options, behave }: Habit = HABITS[habit];
  const server = createServer(options ?? {}, (socket) => {
    socket.on('error', (error) => errors.push(`${habit}: ${error.message}`));
    behave(socket);
  });
  server.listen(port, 4096);
  await once(server, 'listening');
}

/**
 * Starts a server of each habit at a port of its own. They live in one other process, so that they go on serving while
 * this one blocks in a synchronous call or starts programs. Gives a function that takes the errors which their
 * connections have met since its last call, and one that takes for how long they had no turn at most since its last call,
 * ms.
 */
export async function startNaiveServers(
  t: Test,
  ports: Partial<Record<HabitName, number>>,
): Promise<{ takeErrors: () => Promise<string[]>; takeStall: () => Promise<number> }> {
  const child = fork(__filename, [JSON.stringify(ports)], { execArgv: process.execArgv });
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  await once(child, 'message');
  const ask = async (what: 'errors' | 'stall') => {
    child.send(what);
    const [answer] = await once(child, 'message');
    return answer;
  };
  return { takeErrors: () => ask('errors'), takeStall: () => ask('stall') };
}

/** How often the servers look whether they have their turns, ms. */
const LOOK = 10;

async function main(ports: Record<HabitName, number>): Promise<void> {
  const errors: string[] = [];
  // A client that has to end waits for its server's end for a tenth of a second: on a busy machine, too, that is to come.
  try {
    setPriority(-10);
  } catch {
    // It takes root.
  }
  for (const habit of HABIT_NAMES) {
    if (ports[habit] !== undefined) await serve(habit, ports[habit], errors);
  }
  let [stall, turn] = [0, performance.now()];
  setInterval(() => {
    const now = performance.now();
    stall = Math.max(stall, now - turn - LOOK);
    turn = now;
  }, LOOK);
  process.on('message', (what) => {
    if (what === 'errors') return void process.send?.(errors.splice(0));
    process.send?.(stall);
    stall = 0;
  });
  process.once('disconnect', () => process.exit());
  process.send?.([]);
}

if (require.main === module) main(JSON.parse(process.argv[2] ?? '{}'));
