import { show } from '../../arguments/invalid-argument';
import type { PortState } from '../../wait/errors';
import { toTarget, type WaitTarget } from '../../wait/target';
import { UsageError } from '../usage-error';
import type { PortendCall } from './options';

/** What one call of `portend` asks for. */
export interface Request {
  readonly state: PortState;
  readonly targets: readonly WaitTarget[];
  /** Milliseconds. */
  readonly timeout: number;
  readonly values: PortendCall['values'];
}

/** Reads the words of a call. Throws a {@link UsageError}. */
export function readRequest({ values, words }: PortendCall): Request {
  const rest = [...words];
  const state = readState(rest.pop());
  if (rest.length === 0) throw new UsageError('no HOST:PORT given');
  return {
    state,
    targets: rest.map((text) => toTarget(text)),
    timeout: readTimeout(values.timeout),
    values,
  };
}

function readState(word: string | undefined): PortState {
  if (word === 'free' || word === 'occupied') return word;
  if (word === undefined) throw new UsageError('no HOST:PORT and no state given');
  throw new UsageError(`unknown state ${show(word)}: expected free or occupied as the last word`);
}

/** Seconds in decimal notation, `inf` for never, to milliseconds. */
function readTimeout(text: string | undefined): number {
  if (text === undefined || /^inf(?:inity)?$/i.test(text)) return Infinity;
  if (/^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text) * 1000;
  throw new UsageError(`timeout ${show(text)} is not a number of seconds: expected one such as 30, 0.5 or 0`);
}
