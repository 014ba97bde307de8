import { invalidType, invalidValue, show } from './invalid-argument';

/** The names of all options of an interface; the compiler keeps it complete. */
export type OptionNames<T> = { readonly [K in keyof Required<T>]: true };

/**
 * Returns `value` if it is an object whose properties are options of those names. A misspelt option would go unheard, so
 * it throws a `RangeError` that names the nearest one; a `TypeError` for what can hold no options.
 */
export function checkOptions<T extends object>(
  value: T,
  names: Readonly<Record<string, true>>,
  argument = 'options',
): T {
  checkObject(value, argument);
  for (const [name, given] of Object.entries(value)) {
    if (given !== undefined && !Object.hasOwn(names, name)) throw unknownOption(name, Object.keys(names));
  }
  return value;
}

/** Returns `value` if it can hold options of whatever name; throws a `TypeError` otherwise, as for a `PortSet`. */
export function checkObject<T extends object>(value: T, argument = 'options'): T {
  if (typeof value === 'object' && value !== null && !(Symbol.iterator in value)) return value;
  throw invalidType(argument, 'an object of options', value);
}

function unknownOption(name: string, known: readonly string[]): RangeError {
  const { didYouMean } = require('./nearest') as typeof import('./nearest');
  const meant = didYouMean(name, known);
  return invalidValue(
    `unknown option ${show(name)}${meant === '' ? `: there are ${known.join(', ')}` : meant}`,
  );
}

/** Returns `value` if it is a whole number in the range; throws a `TypeError` or `RangeError` otherwise. */
export function checkWholeNumber(
  value: unknown,
  argument: string,
  lowest = 0,
  highest = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value !== 'number') throw invalidType(argument, 'a number', value);
  if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
  const upTo = highest === Number.MAX_SAFE_INTEGER ? 'on' : `to ${highest}`;
  throw invalidValue(`${argument} ${value} is out of range: expected a whole number from ${lowest} ${upTo}`);
}

/** Returns `value` if it is a time in milliseconds, `Infinity` allowed; throws a `TypeError` or `RangeError` otherwise. */
export function checkTime(value: unknown, argument: string, least: number): number {
  if (typeof value !== 'number') throw invalidType(argument, 'a number of milliseconds', value);
  if (!(value >= least)) {
    throw invalidValue(`${argument} ${value} is out of range: expected ${least} to Infinity milliseconds`);
  }
  return value;
}

/** Returns `value` if it is an AbortSignal or undefined; throws a `TypeError` otherwise. */
export function checkSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined || value instanceof AbortSignal) return value;
  throw invalidType('signal', 'an AbortSignal', value);
}

/** Returns `value`; throws a `TypeError` unless it is true or false. */
export function checkBoolean(value: unknown, argument: string): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidType(argument, 'true or false', value);
}

/** Throws a `TypeError` unless `value` is a function or undefined. */
export function checkCallback(value: unknown, argument: string): void {
  if (value !== undefined && typeof value !== 'function') throw invalidType(argument, 'a function', value);
}
