import { show } from '../../arguments/invalid-argument';
import { UsageError } from '../usage-error';

/** A time of the command line, in seconds, as milliseconds; undefined where none was given. */
export function readSeconds(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const seconds = text.trim() === '' ? Number.NaN : Number(text);
  if (seconds >= 0) return seconds * 1000;
  throw new UsageError(`${option} ${show(text)} is no time: expected a number of seconds`);
}
