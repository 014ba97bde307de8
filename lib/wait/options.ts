import type { ChildProcess } from 'node:child_process';
import type { ConnectionOptions } from 'node:tls';
import { invalidType, invalidValue, show } from '../arguments/invalid-argument';
import {
  checkCallback,
  checkObject,
  checkOptions,
  checkSignal,
  checkTime,
  type OptionNames,
} from '../arguments/options';
import type { PortState } from './errors';
import { ServiceTarget, type WaitTarget } from './target';

/** How long a wait tries, what it takes for ready, and how it can be stopped and watched. Times are milliseconds. */
export interface WaitOptions {
  /** When to give up; 0 tries once, at once. Default: `Infinity`. */
  readonly timeout?: number | undefined;
  /** Ends the wait at once, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long one try may stay without an answer before it counts as not accepted. Default: 500 waiting for occupied,
   * 2000 for the reply to an HTTP request, 100 waiting for free (as portend 3.1), where silence has to be confirmed by
   * longer tries.
   */
  readonly attemptTimeout?: number | undefined;
  /**
   * How long a connection must last to count, unless the server speaks before: a proxy whose backend is dead, as
   * docker's, accepts and closes at once. For waits for occupied, other than by HTTP. Default: 0.
   */
  readonly steady?: number | undefined;
  /** The status codes of a ready HTTP server, such as `204` or `'200-399,401'`. Default: `'200-299'`. */
  readonly status?: number | string | undefined;
  /** Headers of each HTTP request, beside `host`, `accept` and `user-agent`, which they may replace. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether to take any TLS certificate. Default: false. */
  readonly insecure?: boolean | undefined;
  /** The certificates to trust in place of Node's own list, as PEM text, as `tls.connect()` takes them. */
  readonly ca?: ConnectionOptions['ca'];
  /** The name to ask a TLS server for, in place of the target's host. */
  readonly servername?: string | undefined;
  /**
   * The process that is to become ready, as a child or by number: when it ends, the wait fails at once with a
   * `ProcessEndedError`. A number needs Linux 5.3 for that to be within a millisecond; elsewhere it takes up to 20.
   */
  readonly process?: ChildProcess | number | undefined;
  /**
   * Called with the answer of each try.
   * @param attempt the try and its answer
   */
  readonly onAttempt?: ((attempt: WaitAttempt) => void) | undefined;
}

/** One try of a wait and its answer. */
export interface WaitAttempt {
  /** What is waited for. */
  readonly target: WaitTarget;
  /** The address that was tried, the path of a Unix socket; undefined where the host's name did not resolve. */
  readonly address: string | undefined;
  /** Whether the target was ready, or, for a wait for free, whether somebody accepted. */
  readonly accepted: boolean;
  /** Why not: `'ECONNREFUSED'`, `'no answer within 500 ms'`, `'503 from http://localhost:8080/'`; else empty. */
  readonly reason: string;
}

/** What an HTTP reply has to show, and how to ask for it. */
export interface HttpDemands {
  readonly accepts: (status: number) => boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: ConnectionOptions;
}

/** The options of a wait, checked and complete. */
export interface WaitPlan extends HttpDemands {
  readonly state: PortState;
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  readonly attemptTimeout: number | undefined;
  readonly steady: number;
  readonly process: ChildProcess | number | undefined;
  readonly onAttempt: ((attempt: WaitAttempt) => void) | undefined;
}

const WAIT_OPTIONS: OptionNames<WaitOptions> = {
  timeout: true,
  signal: true,
  attemptTimeout: true,
  steady: true,
  status: true,
  headers: true,
  insecure: true,
  ca: true,
  servername: true,
  process: true,
  onAttempt: true,
};

/**
 * For occupied longer than a way around the earth (300 ms). For free no answer counts as silence, of which it takes six:
 * the time doubles with each (`MOST_PATIENCE` of pace.ts), so that one that is answered late is heard all the same.
 */
const ATTEMPT_TIMEOUT: Record<PortState, number> = { occupied: 500, free: 100 };
/** HTTP has the server's own work in it, and a TLS handshake of two more round trips. */
const HTTP_TIMEOUT = 2000;

/** How long one try of a kind may stay without an answer, ms. */
export function attemptTimeoutOf({ attemptTimeout, state }: WaitPlan, isHttp: boolean): number {
  return attemptTimeout ?? (isHttp && state === 'occupied' ? HTTP_TIMEOUT : ATTEMPT_TIMEOUT[state]);
}

/**
 * Checks a caller's options.
 *
 * @throws TypeError, RangeError that name the option and its value.
 */
export function planWait(state: PortState, options: WaitOptions = {}): WaitPlan {
  const given = checkOptions(options, WAIT_OPTIONS);
  const {
    timeout = Infinity,
    status = '200-299',
    signal,
    attemptTimeout,
    steady = 0,
    headers = {},
    onAttempt,
    process,
  } = given;
  checkTime(timeout, 'timeout', 0);
  if (attemptTimeout !== undefined) checkTime(attemptTimeout, 'attemptTimeout', 1);
  checkTime(steady, 'steady', 0);
  checkSignal(signal);
  checkCallback(onAttempt, 'onAttempt');
  checkProcess(process);
  checkHeaders(headers);
  const accepts = readStatus(status);
  return {
    state,
    timeout,
    signal,
    attemptTimeout,
    steady,
    accepts,
    headers,
    tls: planTls(given),
    process,
    onAttempt,
  };
}

/**
 * Checks that each option means something for one target at least: a status that is never asked for would make a server
 * pass for ready that is not.
 *
 * @throws RangeError that names the option.
 */
export function checkUses(options: WaitOptions = {}, targets: readonly WaitTarget[]): void {
  const kinds = new Set(targets.map((target) => (target instanceof ServiceTarget ? target.kind : 'tcp')));
  const refuse = (names: readonly (keyof WaitOptions)[], forms: string) => {
    const useless = names.find((name) => options[name] !== undefined && options[name] !== false);
    if (useless !== undefined)
      throw invalidValue(`${useless} is for targets that begin with ${forms}: none of the targets does`);
  };
  if (kinds.size === 0 || kinds.has('http')) return;
  refuse(['status', 'headers'], 'http:// or https://');
  // A server may redirect from HTTP to HTTPS, so all of these are for HTTP too.
  if (!kinds.has('tls')) refuse(['insecure', 'ca', 'servername'], 'http://, https:// or tls:');
}

function planTls({ insecure = false, ca, servername }: WaitOptions): ConnectionOptions {
  if (typeof insecure !== 'boolean') throw invalidType('insecure', 'true or false', insecure);
  if (servername !== undefined && typeof servername !== 'string')
    throw invalidType('servername', 'a string', servername);
  if (ca !== undefined) checkCertificates(ca);
  return {
    rejectUnauthorized: !insecure,
    ...(ca === undefined ? {} : { ca }),
    ...(servername === undefined ? {} : { servername }),
  };
}

/** Node takes text that holds no certificate for an empty list, and then trusts no server at all. */
function checkCertificates(ca: unknown): void {
  for (const one of Array.isArray(ca) ? ca : [ca]) {
    if (typeof one !== 'string' && !(one instanceof Uint8Array))
      throw invalidType('ca', 'PEM text, or a list of such', one);
    const blocks =
      Buffer.from(one as string)
        .toString('latin1')
        .match(PEM_CERTIFICATE) ?? [];
    if (blocks.length === 0)
      throw invalidValue(
        'ca holds no certificate: expected PEM text with "-----BEGIN CERTIFICATE-----" in it',
      );
    for (const block of blocks) checkCertificate(block);
  }
}

const PEM_CERTIFICATE = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[\s\S]*?-----END \1-----/g;

function checkCertificate(block: string): void {
  const { X509Certificate } = require('node:crypto') as typeof import('node:crypto');
  try {
    new X509Certificate(block);
  } catch (error) {
    throw invalidValue(`ca holds a certificate that cannot be read: ${(error as Error).message}`);
  }
}

/** Reads `204` or `'200-299,304'`; throws a `TypeError` or `RangeError` that names the value. */
export function readStatus(status: number | string): (status: number) => boolean {
  if (typeof status !== 'number' && typeof status !== 'string')
    throw invalidType('status', 'a number or a string such as "200-399"', status);
  const ranges = String(status)
    .split(',')
    .map((part) => {
      const [, low, high = low] = /^\s*([1-5]\d\d)(?:-([1-5]\d\d))?\s*$/.exec(part) ?? [];
      if (low === undefined || high === undefined || low > high)
        throw invalidValue(
          `status ${show(status)} is no HTTP status: expected a form such as 204 or "200-399,401"`,
        );
      return [Number(low), Number(high)] as const;
    });
  return (code) => ranges.some(([low, high]) => low <= code && code <= high);
}

function checkHeaders(headers: unknown): void {
  if (Object.keys(checkObject(headers as object, 'headers')).length === 0) return;
  const { validateHeaderName, validateHeaderValue } = require('node:http') as typeof import('node:http');
  for (const [name, value] of Object.entries(headers as Record<string, unknown>)) {
    if (typeof value !== 'string') throw invalidType(`header ${show(name)}`, 'a string', value);
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw invalidValue(`header ${show(name)} with the value ${show(value)} is not one that HTTP admits`);
    }
  }
}

function checkProcess(process: unknown): void {
  if (process === undefined) return;
  if (typeof process === 'number') {
    if (Number.isInteger(process) && process > 0 && process < 2 ** 31) return;
    throw invalidValue(`process ${process} is no process number: expected a whole number above 0`);
  }
  if (typeof process === 'object' && process !== null && 'pid' in process && 'exitCode' in process) return;
  throw invalidType('process', 'a child process or a process number', process);
}
