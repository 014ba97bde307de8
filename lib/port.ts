import { invalidType, invalidValue } from './errors';

/** The largest port number: ports are 16 bits wide (RFC 9293, RFC 768). */
export const MAX_PORT = 65535;

/** Ports from `low` to `high`, both included. */
export interface PortRange {
  readonly low: number;
  readonly high: number;
}

/** Returns `value` if it is a port, 1 to 65535; throws a `TypeError` or `RangeError` that names `argument`. */
export function checkPort(value: unknown, argument = 'port'): number {
  if (typeof value !== 'number') throw invalidType(argument, 'a number', value);
  if (!Number.isInteger(value) || value < 1 || value > MAX_PORT) {
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
