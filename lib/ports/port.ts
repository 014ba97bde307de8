import { invalidType, invalidValue } from '../arguments/invalid-argument';
import { checkWholeNumber } from '../arguments/options';

/** The largest port number: ports are 16 bits wide (RFC 9293, RFC 768). */
export const MAX_PORT = 65535;

/** Ports from `low` to `high`, both included. */
export interface PortRange {
  /** The lowest port of the range, 1 to 65535. */
  readonly low: number;
  /** The highest port of the range, `low` to 65535. */
  readonly high: number;
}

/** Whether `value` is a port: a whole number from 1 to 65535. */
export function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_PORT;
}

/** Returns `value` if it is a port, 1 to 65535; throws a `TypeError` or `RangeError` that names `argument`. */
export function checkPort(value: unknown, argument = 'port'): number {
  if (typeof value !== 'number') throw invalidType(argument, 'a number', value);
  if (!isPort(value)) {
    throw invalidValue(`${argument} ${value} is out of range: expected a whole number from 1 to ${MAX_PORT}`);
  }
  return value;
}

/** Reads a port written in decimal digits, as on a command line or in a file. */
export function parsePort(text: string, argument = 'port'): number {
  if (!/^\d+$/.test(text)) {
    throw invalidValue(
      `${argument} ${JSON.stringify(text)} is not a port: expected a number from 1 to ${MAX_PORT}`,
    );
  }
  return checkPort(Number(text), argument);
}

/** The ranges whose ends `ends` lists one after the other: `[low, high, low, high...]`. */
export function toRanges(ends: readonly number[]): PortRange[] {
  const ranges: PortRange[] = [];
  for (let index = 0; index + 1 < ends.length; index += 2) {
    ranges.push({ low: ends[index] ?? 0, high: ends[index + 1] ?? 0 });
  }
  return ranges;
}

/** Returns `count` if that many ports can exist; throws a `TypeError` or `RangeError` otherwise. */
export function checkCount(count: unknown): number {
  return checkWholeNumber(count, 'count', 1, MAX_PORT);
}
