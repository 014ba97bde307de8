import { checkCallback, checkOptions, checkSignal, checkTime } from '../arguments/options';
import type { PortState } from './errors';
import type { HostPort } from './host-port';

/** How long a wait tries, and how it can be stopped and watched. Times are milliseconds. */
export interface WaitOptions {
  /** When to give up; 0 tries once, at once. Default: `Infinity`. */
  readonly timeout?: number | undefined;
  /** Ends the wait at once, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long one connection attempt may stay without an answer before it counts as not accepted. Default: 500
   * waiting for occupied, 100 waiting for free (as portend 3.1), where silence has to be confirmed by longer attempts.
   */
  readonly attemptTimeout?: number | undefined;
  /** Called with the answer of each try. */
  readonly onAttempt?: ((attempt: WaitAttempt) => void) | undefined;
}

/** One try of a wait and its answer. */
export interface WaitAttempt {
  readonly target: HostPort;
  /** The address that was tried; undefined where the host's name did not resolve. */
  readonly address: string | undefined;
  readonly accepted: boolean;
  /** Why it was not accepted: `'ECONNREFUSED'`, `'no answer within 500 ms'`; empty where it was. */
  readonly reason: string;
}

/** The options of a wait, checked and complete. */
export interface WaitPlan {
  readonly state: PortState;
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  readonly attemptTimeout: number;
  readonly onAttempt: ((attempt: WaitAttempt) => void) | undefined;
}

const ATTEMPT_TIMEOUT: Record<PortState, number> = { occupied: 500, free: 100 };

/** Checks a caller's options; throws a `TypeError` or `RangeError` that names the option and its value. */
export function planWait(state: PortState, options: WaitOptions = {}): WaitPlan {
  const {
    timeout = Infinity,
    signal,
    attemptTimeout = ATTEMPT_TIMEOUT[state],
    onAttempt,
  } = checkOptions(options);
  checkTime(timeout, 'timeout', 0);
  checkTime(attemptTimeout, 'attemptTimeout', 1);
  checkSignal(signal);
  checkCallback(onAttempt, 'onAttempt');
  return { state, timeout, signal, attemptTimeout, onAttempt };
}
