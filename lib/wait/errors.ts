import { PortForError } from '../errors/port-for-error';
import { HostPort } from './host-port';
import type { WaitTarget } from './target';
import type { ProcessEnd } from './watch-process';

/** What a wait was for. */
export type PortState = 'free' | 'occupied';

/** The time was up before every target was in the state that was waited for. */
export class PortTimeoutError extends PortForError {
  /** The state that was waited for. */
  readonly state: PortState;
  /** The targets that were not in it, in the order in which they were given. */
  readonly pending: readonly WaitTarget[];
  /**
   * What the last try of each of them said, in the same order: `'ECONNREFUSED'`, `'503 from http://localhost:8080/'`;
   * empty where it was accepted, or there was no answer yet.
   */
  readonly replies: readonly string[];

  /**
   * `total` is the number of all targets; `cause` is the last fault that kept a target from being asked.
   * @internal
   */
  constructor(
    state: PortState,
    pending: readonly WaitTarget[],
    total: number,
    { replies = [], cause }: { replies?: readonly string[]; cause?: Error | undefined } = {},
  ) {
    super('ERR_PORT_TIMEOUT', describePending(state, pending, total, replies, cause), { cause });
    this.state = state;
    this.pending = pending;
    this.replies = replies;
  }

  /** The host of the first target that was not in the state; undefined for a Unix socket. */
  get host(): string | undefined {
    return this.pending[0]?.host;
  }

  /** The port of the first target that was not in the state; undefined for a Unix socket. */
  get port(): number | undefined {
    return this.pending[0]?.port;
  }
}

/** How many targets a message names: as many as fit on a screen of 24 lines with what else is printed. */
const MOST_NAMED = 10;

/** What nobody has to be told of a port that is not bound. */
const PLAIN = /^(?:E[A-Z]+|no answer within .*|the port answered itself|)$/;

function describePending(
  state: PortState,
  pending: readonly WaitTarget[],
  total: number,
  replies: readonly string[],
  cause: Error | undefined,
): string {
  const [first] = pending;
  if (first !== undefined && total === 1) {
    const reply = cause?.message ?? replies[0] ?? '';
    const isPlain = cause === undefined && first instanceof HostPort && PLAIN.test(reply);
    return `${describe(first, state)}${isPlain || reply === '' ? '' : `: ${reply}`}.`;
  }
  const isPlain = pending.every((target) => target instanceof HostPort);
  const what = isPlain
    ? `ports ${state === 'free' ? 'not free' : 'not bound'}`
    : `targets not ${goal(state)}`;
  const named = pending.slice(0, MOST_NAMED).join(', ');
  const rest = pending.length > MOST_NAMED ? ` and ${pending.length - MOST_NAMED} more` : '';
  const why = cause?.message ?? replies.find((reply) => !PLAIN.test(reply));
  return `${pending.length} of ${total} ${what}: ${named}${rest}${why === undefined ? '' : ` (${why})`}.`;
}

function describe(target: WaitTarget, state: PortState): string {
  if (!(target instanceof HostPort)) return `${target} not ${goal(state)}`;
  return `Port ${target.port} ${state === 'free' ? 'not free' : 'not bound'} on ${target.host}`;
}

function goal(state: PortState): string {
  return state === 'free' ? 'free' : 'ready';
}

/** A port that should be free accepts connections. */
export class PortNotFreeError extends PortForError {
  /** The host as it was given; undefined for a Unix socket. */
  readonly host: string | undefined;
  /** The port; undefined for a Unix socket. */
  readonly port: number | undefined;
  /** The address of the host that accepted, or the path of the Unix socket. */
  readonly address: string;

  /** @internal */
  constructor(target: WaitTarget, address: string) {
    const { host, port } = target;
    super(
      'ERR_PORT_NOT_FREE',
      host === undefined ? `${target} is in use.` : `Port ${port} is in use on ${host}.`,
    );
    this.host = host;
    this.port = port;
    this.address = address;
  }
}

/** The process that was to become ready ended before it was. */
export class ProcessEndedError extends PortForError {
  /** Its number; undefined for a child that could not be started. */
  readonly pid: number | undefined;
  /** Its exit code; undefined where a signal ended it, or the system does not tell. */
  readonly exitCode: number | undefined;
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | undefined;
  /** The targets that were not in the state that was waited for. */
  readonly pending: readonly WaitTarget[];
  /** What the last try of each of them said, in the same order. */
  readonly replies: readonly string[];

  /** @internal */
  constructor(
    state: PortState,
    { pid, exitCode, signal }: ProcessEnd,
    pending: readonly WaitTarget[],
    total: number,
    replies: readonly string[],
  ) {
    const how =
      signal === undefined ? (exitCode === undefined ? '' : ` with exit code ${exitCode}`) : ` by ${signal}`;
    const what = pid === undefined ? 'the process could not be started' : `process ${pid} has ended${how}`;
    super('ERR_PORT_PROCESS_ENDED', `${what}: ${describePending(state, pending, total, replies, undefined)}`);
    this.pid = pid;
    this.exitCode = exitCode;
    this.signal = signal;
    this.pending = pending;
    this.replies = replies;
  }
}
