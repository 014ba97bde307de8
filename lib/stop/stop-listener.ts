import { setTimeout } from 'node:timers/promises';
import { checkOptions, checkSignal, checkTime, type OptionNames } from '../arguments/options';
import { tableSockets } from '../machine/used-sockets';
import { checkPort } from '../ports/port';
import { PortSet } from '../ports/port-set';
import { type TransportChoice, toTransports } from '../ports/transport';
import type { ProcessInfo } from '../process/process-info';
import { holderName, mainProcess } from '../who/holder';
import type { HeldSocket, PortUse } from '../who/port-use';
import { whoHas, whoHasSync } from '../who/who-has';
import { StopFailedError } from './errors';
import { HolderProcess, type StopSignal } from './holder-process';
import { checkMayStop } from './refusals';

/** How to stop a listener. */
export interface StopOptions {
  /** Which listeners of the port; `'both'` by default. */
  readonly transport?: TransportChoice | undefined;
  /** How many ms a process has to end by itself (SIGTERM) before it is killed; 5,000 by default, `Infinity` allowed. */
  readonly timeout?: number | undefined;
  /**
   * Sends SIGKILL at once, and also stops a server of another checkout than the working folder's, a process in a container
   * and a lease, which are refused otherwise.
   */
  readonly force?: boolean | undefined;
  /** Returns what would be stopped, and stops nothing. */
  readonly dryRun?: boolean | undefined;
  /** The config file whose names count in messages; by default those that apply to this user. */
  readonly config?: string | undefined;
  /** Ends the wait: the promise rejects with the signal's reason. Signals that were sent are not taken back. */
  readonly signal?: AbortSignal | undefined;
}

const STOP_OPTIONS: OptionNames<StopOptions> = {
  transport: true,
  timeout: true,
  force: true,
  dryRun: true,
  config: true,
  signal: true,
};

/** A process that was stopped, or in a dry run would be. */
export interface StoppedProcess extends ProcessInfo {
  /** The signal that it was sent last; in a dry run the one that it would be sent first. */
  readonly signal: StopSignal;
}

/** The result of {@link stopListener}. The port is free unless it was a dry run. */
export interface StoppedListener {
  /** The port. */
  readonly port: number;
  /** Who had it; empty if nobody did. */
  readonly uses: readonly PortUse[];
  /** The processes that were sent a signal, in that order. */
  readonly stopped: readonly StoppedProcess[];
}

/**
 * Stops what listens on a port of this machine, and nothing else: no client, no parent, no process that reuses a number.
 * Sends SIGTERM, then SIGKILL after `timeout`, and resolves when nobody listens on the port any more. If several processes
 * share the socket, such as the workers of a cluster, it stops their common parent first.
 *
 * @param port 1 to 65535
 * @param options how long to wait, and whether to use force
 * @throws StopRefusedError if a holder must not be stopped, or this process may not stop it. StopFailedError if the port
 *   is still used, or used again. TypeError or RangeError for invalid arguments.
 */
export async function stopListener(port: number, options: StopOptions = {}): Promise<StoppedListener> {
  const {
    transport = 'both',
    timeout = 5000,
    force = false,
    dryRun = false,
    config,
    signal,
  } = checkOptions(options, STOP_OPTIONS);
  checkPort(port);
  checkTime(timeout, 'timeout', 0);
  checkSignal(signal);
  const transports = toTransports(transport);
  const uses = (await whoHas(port, { transport, config })).filter((use) => socketsOf(use).length > 0);
  for (const use of uses) {
    checkMayStop(use, socketsOf(use), { isForced: force, folder: process.cwd() });
  }
  const first: StopSignal = force ? 'SIGKILL' : 'SIGTERM';
  const holders = uses.flatMap((use) => socketsOf(use).flatMap(({ processes }) => processes));
  if (uses.length === 0) return { port, uses, stopped: [] };
  if (dryRun) {
    const main = mainProcess(holders);
    return { port, uses, stopped: main === undefined ? [] : [{ ...main, signal: first }] };
  }
  const stop = new Stop(port, transports, holders, signal);
  try {
    await stop.untilFree(first, timeout);
    await stop.checkStaysFree();
  } finally {
    stop.close();
  }
  return { port, uses, stopped: stop.stopped };
}

/** The sockets of a port that listen, or else that hold it without: not connections, nor what they leave behind. */
function socketsOf({ sockets }: PortUse): HeldSocket[] {
  const listeners = sockets.filter(({ listens }) => listens);
  return listeners.length > 0 ? listeners : sockets.filter(({ state }) => state === 'bound');
}

/** After SIGKILL only a process in the midst of a system call lives on, for a moment or until its disk answers. */
const TIME_TO_DIE = 3000;

/** How long a port stays watched once it is free: supervisors start their service again at once. */
const TIME_TO_RESPAWN = 200;

const SHORTEST_REST = 2;
const LONGEST_REST = 25;

/** One listener on its way to its end. */
class Stop {
  readonly #port: number;
  readonly #ports: PortSet;
  readonly #transports: ReturnType<typeof toTransports>;
  /** The processes that may be stopped: those that had the port at first, and their children. */
  readonly #allowed: Set<number>;
  readonly #handles = new Map<number, HolderProcess>();
  readonly #stopped = new Map<number, StoppedProcess>();
  readonly #signal: AbortSignal | undefined;

  constructor(
    port: number,
    transports: ReturnType<typeof toTransports>,
    holders: readonly ProcessInfo[],
    signal: AbortSignal | undefined,
  ) {
    this.#port = port;
    this.#ports = new PortSet(port);
    this.#transports = transports;
    this.#allowed = new Set(holders.map(({ pid }) => pid));
    this.#signal = signal;
  }

  get stopped(): StoppedProcess[] {
    return [...this.#stopped.values()];
  }

  close(): void {
    for (const handle of this.#handles.values()) handle.close();
  }

  /**
   * Sends `first` to the holders in turn, and SIGKILL to those that still have the port after `timeout`. The time to die
   * begins with SIGKILL, not with `timeout`: on a busy machine this process may get no processor time for seconds.
   */
  async untilFree(first: StopSignal, timeout: number): Promise<void> {
    const killAt = performance.now() + timeout;
    let endAt = Infinity;
    let signal = first;
    for (let rest = SHORTEST_REST; this.#isHeld(); rest = Math.min(rest * 2, LONGEST_REST)) {
      const now = performance.now();
      if (now >= endAt && this.#isHeld()) throw this.#failure('is still used', false);
      if (now >= killAt) signal = 'SIGKILL';
      if (this.#mayGoOn(signal)) this.#signalNext(signal);
      if (signal === 'SIGKILL') endAt = Math.min(endAt, performance.now() + TIME_TO_DIE);
      await setTimeout(rest, undefined, { signal: this.#signal });
    }
  }

  /** Whoever listens now came after the listener that was stopped. */
  async checkStaysFree(): Promise<void> {
    const until = performance.now() + TIME_TO_RESPAWN;
    while (performance.now() < until) {
      if (this.#isHeld()) throw this.#failure('was taken again', true);
      await setTimeout(LONGEST_REST, undefined, { signal: this.#signal });
    }
  }

  /** Whether a socket holds the port that is to go, at the cost of one look into the table. */
  #isHeld(): boolean {
    return this.#transports.some((transport) =>
      tableSockets(transport, this.#ports).some(({ listens, state }) => listens || state === 'bound'),
    );
  }

  /** Whether all that were sent `signal` have ended, so that those below them can be looked at. */
  #mayGoOn(signal: StopSignal): boolean {
    return this.stopped.every((sent) => sent.signal !== signal || this.#handles.get(sent.pid)?.hasEnded());
  }

  /**
   * Signals the holder above the others, if it is one of those that had the port at first. Its handle is opened before
   * the look that finds it there: so the number cannot have become another's.
   */
  #signalNext(signal: StopSignal): void {
    const known = new Set(this.#holders().map(({ pid }) => pid));
    for (const pid of known) if (!this.#handles.has(pid)) this.#handles.set(pid, new HolderProcess(pid));
    const holders = this.#holders().filter(
      ({ pid }) => known.has(pid) && !this.#handles.get(pid)?.hasEnded(),
    );
    const mine = holders.filter((info) => this.#isAllowed(info));
    const main = mainProcess(mine);
    if (main === undefined) {
      if (holders.length > 0) throw this.#failure('was taken again', true);
      return;
    }
    const targets = signal === 'SIGKILL' ? mine : [main];
    for (const info of targets) {
      if (this.#handles.get(info.pid)?.signal(signal)) this.#stopped.set(info.pid, { ...info, signal });
    }
  }

  #isAllowed({ pid, parents }: ProcessInfo): boolean {
    const isMine = this.#allowed.has(pid) || parents.some((parent) => this.#allowed.has(parent.pid));
    if (isMine) this.#allowed.add(pid);
    return isMine;
  }

  #holders(): ProcessInfo[] {
    const found = this.#look().flatMap((use) => socketsOf(use).flatMap(({ processes }) => processes));
    return [...new Map(found.map((info) => [info.pid, info])).values()];
  }

  #look(): PortUse[] {
    return this.#transports.flatMap((transport) => whoHasSync(this.#port, { transport }));
  }

  #failure(what: string, isTakenAgain: boolean): StopFailedError {
    const use = this.#look().find((use) => socketsOf(use).length > 0) ?? {
      port: this.#port,
      transport: this.#transports[0] ?? 'tcp',
      names: [],
      sockets: [],
    };
    const [socket] = socketsOf(use);
    const who = socket === undefined ? 'somebody who has gone since' : holderName(socket);
    const [info] = socket?.processes ?? [];
    const wayOut = info === undefined ? '' : supervisorHint(info);
    return new StopFailedError(
      `port ${this.#port}/${use.transport} ${what} by ${who}${wayOut}`,
      use,
      isTakenAgain,
    );
  }
}

/** Who starts a service again, and how it is stopped for good. */
function supervisorHint({ unit, container, parents }: ProcessInfo): string {
  if (unit !== undefined) return `: systemctl stop ${unit}`;
  if (container !== undefined)
    return `: ${container.engine} stop ${container.name ?? container.id.slice(0, 12)}`;
  const [parent] = parents;
  return parent === undefined || parent.pid === 1
    ? ''
    : `, started by ${parent.name} (${parent.pid}): stop that`;
}
