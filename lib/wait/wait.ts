import type { PortState } from './errors';
import { HostPort } from './host-port';
import { checkUses, planWait, type WaitOptions } from './options';
import { type Targets, toTargets, type WaitTarget } from './target';

/**
 * Resolves when somebody accepts connections at a port of any address of `host`, or at every one of many targets.
 *
 * Rejects with a `PortTimeoutError` after `timeout` ms (default: never), with a `ProcessEndedError` when the `process`
 * ends before, with the signal's reason when it is aborted, and with a `TypeError` or `RangeError` for bad arguments. A
 * name that does not resolve yet is looked up again.
 * @param host a name or an address
 * @param port 1 to 65535
 * @param options when to give up, and what watches and ends the wait
 */
export function occupied(host: string, port: number, options?: WaitOptions): Promise<void>;
/**
 * Resolves when every one of the targets is ready.
 * @param targets one target or any iterable of them
 * @param options when to give up, and what watches and ends the wait
 */
export function occupied(targets: Targets, options?: WaitOptions): Promise<void>;
export async function occupied(...words: Words): Promise<void> {
  return wait('occupied', ...words);
}

/**
 * Resolves when nobody accepts connections at a port of all addresses of `host`, or at every one of many targets. No
 * answer within `attemptTimeout` ms counts as nobody, unless the socket table of this machine has a listener there: its
 * backlog may be full.
 *
 * Rejects with a `PortTimeoutError` after `timeout` ms (default: never), with a `HostError` at once for a name that
 * does not resolve, with the signal's reason, and with a `TypeError` or `RangeError` for bad arguments.
 * @param host a name or an address
 * @param port 1 to 65535
 * @param options when to give up, and what watches and ends the wait
 */
export function free(host: string, port: number, options?: WaitOptions): Promise<void>;
/**
 * Resolves when every one of the targets is free.
 * @param targets one target or any iterable of them
 * @param options when to give up, and what watches and ends the wait
 */
export function free(targets: Targets, options?: WaitOptions): Promise<void>;
export async function free(...words: Words): Promise<void> {
  return wait('free', ...words);
}

/** A host, a port and options, or targets and options. */
type Words = [first: Targets, second?: number | WaitOptions, options?: WaitOptions];

function wait(state: PortState, ...words: Words): Promise<void> {
  const [targets, options] = readWords(...words);
  const plan = planWait(state, options);
  checkUses(options, targets);
  const { waitForAll } = require('./waiting') as typeof import('./waiting');
  return waitForAll(targets, plan);
}

function readWords(...[first, second, third]: Words): [WaitTarget[], WaitOptions | undefined] {
  if (typeof first === 'object' && first !== null) return [toTargets(first), second as WaitOptions];
  // The second word decides, since the host may be missing.
  if (second === undefined && !isMissing(first)) return [toTargets(first), undefined];
  if (typeof second === 'object' && second !== null) return [toTargets(first), second];
  return [[new HostPort(first as string, second as number)], third];
}

function isMissing(host: unknown): boolean {
  return host === '' || host === null || host === undefined;
}
