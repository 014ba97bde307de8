import { invalidType, invalidValue, show } from './errors';
import type { Transport } from './native';

/** Returns `value` if it can hold options; throws a `TypeError` otherwise. */
export function checkOptions<T extends object>(value: T, argument = 'options'): T {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw invalidType(argument, 'an object of options', value);
}

/** Returns `value` if it is a whole number from `lowest` on; throws a `TypeError` or `RangeError` otherwise. */
export function checkWholeNumber(value: unknown, argument: string, lowest = 0): number {
  if (typeof value !== 'number') throw invalidType(argument, 'a number', value);
  if (Number.isSafeInteger(value) && value >= lowest) return value;
  throw invalidValue(`${argument} ${show(value)} is out of range: expected a whole number from ${lowest} on`);
}

/** Returns `value` if it is a transport; throws a `RangeError` otherwise. */
export function checkTransport(value: unknown, argument = 'transport'): Transport {
  if (value === 'tcp' || value === 'udp') return value;
  throw invalidValue(`${argument} ${show(value)} is unknown: expected "tcp" or "udp"`);
}
