import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lease } from '../../lease/lease';
import { HAND_OVER } from '../../lease/listen';
import { PortStore } from '../../store/port-store';
import { occupied } from '../../wait/wait';
import { EXIT } from '../exit-code';
import { checkVariables, fillIn, type PortsByKey, portVariables } from '../port-variables';
import { runCommand, toCommandError } from '../run-command';
import { UsageError } from '../usage-error';
import type { PortendCall } from './options';
import { isFailure, loadNarrator } from './wait';
import { readRequest, readStart } from './words';

/** How long a server has to end after SIGTERM, ms, before SIGKILL. */
const GRACE = 5000;

/** How long the kernel has to end a killed server, ms: until then its ports are in use. */
const DEATH = 1000;

/** So many of its last lines are shown when a server ends too early. */
const LAST_LINES = 20;

/**
 * `portend TARGET... occupied --start SERVER... -- COMMAND...`: starts the server, waits until all targets are ready,
 * runs the command, ends the server with all that it started, and ends as the command did.
 */
export async function startAndRun(call: PortendCall): Promise<number> {
  const server = readStart(call.values.start);
  const words = call.words.slice(1);
  const held = await holdNamed(words);
  const ports: PortsByKey = new Map([...held].map(([name, { port }]) => [name, port]));
  const fill = (word: string) => fillIn(word, ports);
  try {
    const request = readRequest({ ...call, words: words.map(fill) });
    if (request.state !== 'occupied') throw new UsageError('--start goes with occupied');
    // Where no server can listen beside a lease, the command gets its ports free.
    if (HAND_OVER !== 'beside') release(held);
    const variables = portVariables(ports, true);
    const running = new Server(server.map(fill), variables, call.values.verbose === true);
    try {
      const failure = await running.ready(request);
      return failure ?? (await runCommand(call.command.map(fill), { variables }));
    } finally {
      await running.end();
    }
  } finally {
    release(held);
  }
}

/** Holds a port for each `{NAME}` in the words, all of them or none. */
async function holdNamed(words: readonly string[]): Promise<Map<string, Lease>> {
  const names = new Set(
    words.flatMap((word) => [...word.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name.toLowerCase())),
  );
  checkVariables(names);
  const held = new Map<string, Lease>();
  try {
    for (const name of names) held.set(name, await new PortStore().lease(name));
    return held;
  } catch (error) {
    release(held);
    throw error;
  }
}

function release(held: ReadonlyMap<string, Lease>): void {
  for (const lease of held.values()) lease.release();
}

/** A server in a process group of its own. */
class Server {
  private readonly child: ChildProcess;
  private readonly lines: string[] = [];
  private readonly closed: Promise<void>;
  private startError: Error | undefined;

  constructor(
    private readonly words: readonly string[],
    variables: Record<string, string>,
    private readonly isShown: boolean,
  ) {
    const [program = '', ...args] = words;
    this.child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...variables },
      detached: process.platform !== 'win32',
      shell: args.length === 0 && /\s/.test(program),
    });
    this.closed = new Promise((resolve) => {
      this.child.once('close', () => resolve());
      this.child.once('error', (error) => {
        this.startError = error;
        resolve();
      });
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => this.hear(text));
  }

  /** Waits until it is ready; gives the exit code where it will not be. Throws a CommandError where it cannot start. */
  async ready({ targets, options, values }: ReturnType<typeof readRequest>): Promise<number | undefined> {
    const controller = new AbortController();
    let exitCode: number | undefined;
    const onSignal = (signal: NodeJS.Signals) => {
      exitCode = 128 + constants.signals[signal];
      controller.abort();
    };
    for (const signal of SIGNALS) process.once(signal, onSignal);
    const narrator = values.verbose ? loadNarrator() : undefined;
    const onAttempt = narrator?.hear.bind(narrator);
    try {
      await occupied(targets, { ...options, process: this.child, signal: controller.signal, onAttempt });
      return exitCode;
    } catch (error) {
      if (exitCode !== undefined) return exitCode;
      if (!isFailure(error)) throw error;
      if (this.startError !== undefined) throw toCommandError(this.startError, this.words[0] ?? '');
      // What it said last may still be on its way.
      if (error.code === 'ERR_PORT_PROCESS_ENDED') await Promise.race([this.closed, sleep(LAST_WORDS)]);
      process.stderr.write(`${error.message}\n${this.isShown ? '' : this.lastLines()}`);
      return EXIT.failed;
    } finally {
      narrator?.clear();
      for (const signal of SIGNALS) process.off(signal, onSignal);
    }
  }

  /** Ends it, and whatever of its group is left; at once when another signal comes. */
  async end(): Promise<void> {
    const kill = () => this.kill('SIGKILL');
    for (const signal of SIGNALS) process.on(signal, kill);
    this.kill('SIGTERM');
    await this.untilGone(GRACE);
    if (kill()) await this.untilGone(DEATH);
    for (const signal of SIGNALS) process.off(signal, kill);
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.destroy();
  }

  /** Waits until nobody of the group is left, for so many ms at most. */
  private async untilGone(patience: number): Promise<void> {
    for (let waited = 0; waited < patience && this.kill(0); waited += LOOK) await sleep(LOOK);
  }

  /** Sends a signal to the whole group; false where nobody is left. */
  private kill(signal: NodeJS.Signals | 0): boolean {
    const { pid } = this.child;
    if (pid === undefined) return false;
    try {
      return process.platform === 'win32' ? this.child.kill(signal) : process.kill(-pid, signal);
    } catch {
      return false;
    }
  }

  private hear(text: string): void {
    if (this.isShown) process.stderr.write(text);
    const [first = '', ...others] = text.split('\n');
    this.lines.push(`${this.lines.pop() ?? ''}${first}`, ...others);
    this.lines.splice(0, this.lines.length - LAST_LINES - 1);
  }

  private lastLines(): string {
    const text = this.lines.join('\n').trimEnd();
    return text === '' ? '' : `The server's last lines:\n${text}\n`;
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How often to look whether a group has ended, ms: nothing tells of one whose first process is gone. */
const LOOK = 5;

/** How long the last output of a process that ended may take, ms; a child of it may keep the pipe open for ever. */
const LAST_WORDS = 200;
