import { invalidType, invalidValue, show } from '../arguments/invalid-argument';
import { checkOptions, type OptionNames } from '../arguments/options';
import type { Host } from '../host/host';
import { checkCount, checkPort } from '../ports/port';
import type { PortSpec } from '../ports/port-spec';
import { type Transport, type TransportChoice, toTransports } from '../ports/transport';
import { identify, type OwnerProcess } from './owner-process';

/** Which ports a {@link PortPool} gives out, and what it remembers. */
export interface PortPoolOptions {
  /** The ports of the pool. Without, the good ports, which are never ephemeral. */
  ports?: PortSpec | undefined;
  /** Ports that are not given out. */
  exclude?: PortSpec | undefined;
  /** The address of this machine where ports are reserved. Without, every address of both families. */
  host?: Host | undefined;
  /** How long a port that was released is not given out again, ms; 0 by default. */
  cooldown?: number | undefined;
  /** The file that makes the reservations outlive this process. Without, they end with it. */
  state?: string | undefined;
}

/** A child process, or anything else that has a number of a process. */
export interface OwnerHandle {
  /** The number of the process; undefined for a child that could not be started. */
  readonly pid?: number | undefined;
}

/** What is reserved, and for how long. */
export interface ReserveOptions {
  /** How many ports, 1 by default: all of them or none. */
  count?: number | undefined;
  /** Whether the ports must be neighbours. */
  contiguous?: boolean | undefined;
  /** `'tcp'` by default. */
  transport?: TransportChoice | undefined;
  /** Ports to take if they are free; of contiguous ones, the first. */
  prefer?: number | readonly number[] | undefined;
  /**
   * Ends the reservation when this process ends: a process number, or an object with one such as a `ChildProcess`. On
   * Linux a later process that reuses the number is recognized by its start time; elsewhere it counts as the same one.
   * By default the reservation lasts until it is released.
   */
  process?: number | OwnerHandle | undefined;
  /**
   * Whether the kernel holds the ports; true by default. With false the pool only remembers them: for servers that do not
   * set SO_REUSEADDR and so cannot listen beside a lease.
   */
  hold?: boolean | undefined;
  /** Aborts the call: the promise rejects with the signal's reason, and nothing stays reserved. */
  signal?: AbortSignal | undefined;
}

export const POOL_OPTIONS: OptionNames<PortPoolOptions> = {
  ports: true,
  exclude: true,
  host: true,
  cooldown: true,
  state: true,
};

const RESERVE_OPTIONS: OptionNames<ReserveOptions> = {
  count: true,
  contiguous: true,
  transport: true,
  prefer: true,
  process: true,
  hold: true,
  signal: true,
};

/** A {@link ReserveOptions} that was checked. */
export interface Wish {
  readonly owner: string;
  readonly count: number;
  readonly contiguous: boolean;
  readonly transports: readonly Transport[];
  readonly prefer: readonly number[];
  readonly process: OwnerProcess | undefined;
  readonly hold: boolean;
}

/** @throws TypeError or RangeError that names what is off. */
export function checkWish(owner: unknown, options: ReserveOptions): Wish {
  if (typeof owner !== 'string') throw invalidType('owner', 'a string', owner);
  if (owner === '') throw invalidValue('owner must not be empty');
  const {
    count = 1,
    contiguous = false,
    transport = 'tcp',
    prefer = [],
    hold = true,
  } = checkOptions(options, RESERVE_OPTIONS);
  if (typeof contiguous !== 'boolean') throw invalidType('contiguous', 'true or false', contiguous);
  if (typeof hold !== 'boolean') throw invalidType('hold', 'true or false', hold);
  return {
    owner,
    count: checkCount(count),
    contiguous,
    transports: toTransports(transport),
    prefer: (typeof prefer === 'number' ? [prefer] : [...prefer]).map((port) => checkPort(port)),
    process: checkProcess(options.process),
    hold,
  };
}

function checkProcess(value: ReserveOptions['process']): OwnerProcess | undefined {
  if (value === undefined) return undefined;
  const pid: unknown = typeof value === 'object' && value !== null ? value.pid : value;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1) {
    throw invalidType('process', 'the number of a process, or a child process that was started', value);
  }
  const found = identify(pid);
  if (found === undefined) throw invalidValue(`process ${show(pid)} is not there: it has ended`);
  return found;
}
