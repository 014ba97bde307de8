import { invalidValue, show } from '../arguments/invalid-argument';
import {
  checkBoolean,
  checkCallback,
  checkOptions,
  checkSignal,
  checkTime,
  checkWholeNumber,
  type OptionNames,
} from '../arguments/options';
import type { Host } from '../host/host';
import { MAX_PORT } from '../ports/port';
import { type PortSet, toCandidates } from '../ports/port-set';
import type { PortSpec } from '../ports/port-spec';
import type { Transport } from '../ports/transport';
import { checkTransport } from '../ports/transport';
import { LONGEST_DELAY } from '../timing/long-timer';

/**
 * How a scan asks: by binding, by connecting, by both as a pick does, or by one look into the socket table, which
 * tells ports whatever their address is.
 */
export type ScanMethod = 'bind' | 'connect' | 'both' | 'table';

/** Where and how a scan asks. */
export interface ScanSyncOptions {
  /** Without, this machine: every local address to bind at, the loopback addresses to connect to. */
  host?: Host | undefined;
  /** `'both'` on this machine, `'connect'` on others, where nothing else can be asked; for UDP `'bind'`. */
  method?: ScanMethod | undefined;
  /** `'udp'` ports can be asked by `'bind'` and `'table'`. `'tcp'` by default. */
  transport?: Transport | undefined;
  /** Milliseconds that each connection may take, 1 to `Infinity`; 1,000 by default. */
  timeout?: number | undefined;
  /** Connections under way at most, fitted to the limit of open files by itself; 2,048 by default. */
  concurrency?: number | undefined;
  /**
   * Whether accepted connections are reset, so that none stays in TIME_WAIT at this end, which can keep an ephemeral port
   * for a minute. A server that handles no errors of its connections dies of a reset. False by default.
   */
  reset?: boolean | undefined;
}

/** Where and how a scan asks, and what watches and ends it. */
export interface ScanOptions extends ScanSyncOptions {
  /** Ends the scan: its promise rejects with the signal's reason, its sockets are closed within 100 ms. */
  signal?: AbortSignal | undefined;
  /** An aborted scan resolves with what it found until then, marked by `isPartial`; false by default. */
  keepPartial?: boolean | undefined;
  /**
   * Called some ten times a second while the scan is under way, and when it is done.
   * @param progress how far the scan is
   */
  onProgress?: ((progress: ScanProgress) => void) | undefined;
}

/** How many probes of how many are done; a port can take several, one for each method and address. */
export interface ScanProgress {
  /** How many probes are done. */
  readonly done: number;
  /** How many there are. */
  readonly total: number;
  /** How many questions have ended; what nobody answers is asked again before it is done, so that this can pass `total`. */
  readonly asked: number;
}

/** What a caller wants, checked and complete, before its host is resolved. */
export interface ScanWish {
  readonly ports: PortSet;
  readonly host: Host | undefined;
  /** Undefined for the usual one, which depends on whose addresses those of the host are. */
  readonly method: ScanMethod | undefined;
  readonly transport: Transport;
  readonly timeout: number;
  readonly concurrency: number;
  readonly reset: boolean;
}

const METHODS: Record<Transport, readonly ScanMethod[]> = {
  tcp: ['both', 'bind', 'connect', 'table'],
  udp: ['bind', 'table'],
};

/** The names of the options of `scanSync`. */
export const SCAN_SYNC_OPTIONS: OptionNames<ScanSyncOptions> = {
  host: true,
  method: true,
  transport: true,
  timeout: true,
  concurrency: true,
  reset: true,
};

/** The names of the options of `scan`. */
export const SCAN_OPTIONS: OptionNames<ScanOptions> = {
  ...SCAN_SYNC_OPTIONS,
  signal: true,
  onProgress: true,
  keepPartial: true,
};

/** Checks the arguments of a scan; throws a `TypeError` or `RangeError` that names the invalid one. */
export function checkScan(
  spec: PortSpec,
  options: ScanSyncOptions,
  names: Readonly<Record<string, true>> = SCAN_OPTIONS,
): ScanWish {
  const {
    host,
    method,
    transport = 'tcp',
    timeout = 1000,
    concurrency = 2048,
    reset = false,
  } = checkOptions(options, names);
  const methods = METHODS[checkTransport(transport)];
  if (method !== undefined && !methods.includes(method)) {
    throw invalidValue(`method for ${transport} must be one of ${methods.join(', ')}, not ${show(method)}`);
  }
  return {
    ports: toCandidates(spec, 'ports'),
    host,
    method,
    transport,
    timeout: Math.min(Math.ceil(checkTime(timeout, 'timeout', 1)), LONGEST_DELAY),
    reset: checkBoolean(reset, 'reset'),
    concurrency: checkWholeNumber(concurrency, 'concurrency', 1, MAX_PORT),
  };
}

/** Checks what a scan is watched and stopped by. */
export function checkWatch({ signal, onProgress }: ScanOptions): void {
  checkSignal(signal);
  checkCallback(onProgress, 'onProgress');
}
