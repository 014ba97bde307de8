import { invalidType, invalidValue, show } from '../arguments/invalid-argument';
import { checkPort, isPort, MAX_PORT, type PortRange, parsePort } from './port';

/**
 * What every function takes where ports are meant: a number, a string such as `'8000-8100,9000'`, a
 * {@link PortRange}, an iterable of numbers (a `PortSet` is one), or an array that mixes them.
 */
export type PortSpec = number | string | PortRange | Iterable<number> | readonly PortSpec[];

/** A bitmap of all ports, one bit a port, the lowest bit of a byte first: the form that the addon reads. */
export type PortBits = Uint8Array;

export const PORT_BITS_LENGTH = (MAX_PORT + 1) / 8;

/** Adds the ports that `spec` means to `bits`; throws a `TypeError` or `RangeError` that names `argument`. */
export function addPorts(bits: PortBits, spec: PortSpec, argument: string): void {
  if (typeof spec === 'number') {
    addPort(bits, checkPort(spec, argument));
  } else if (typeof spec === 'string') {
    addText(bits, spec, argument);
  } else if (isIterable(spec)) {
    for (const member of spec) addPorts(bits, member, argument);
  } else if (isRange(spec)) {
    addRange(bits, spec.low, spec.high, argument);
  } else {
    throw invalidType(argument, 'a port, a text such as "8000-8100", { low, high } or a list of these', spec);
  }
}

/** The ports that `spec` means, in the order in which it lists them, some perhaps twice; errors as of {@link addPorts}. */
export function* portsInOrder(spec: PortSpec, argument: string): Generator<number, void, undefined> {
  if (typeof spec === 'number') {
    yield checkPort(spec, argument);
  } else if (typeof spec === 'string') {
    for (const range of readText(spec, argument)) yield* portsInOrder(range, argument);
  } else if (isIterable(spec)) {
    for (const member of spec) yield* portsInOrder(member, argument);
  } else {
    addPorts(new Uint8Array(PORT_BITS_LENGTH), spec, argument);
    if (isRange(spec)) yield* portsOf(spec.low, spec.high);
  }
}

function* portsOf(low: number, high: number): Generator<number, void, undefined> {
  for (let port = low; port <= high; port++) yield port;
}

function addText(bits: PortBits, text: string, argument: string): void {
  for (const { low, high } of readText(text, argument)) addRange(bits, low, high, argument);
}

function* readText(text: string, argument: string): Generator<PortRange, void, undefined> {
  for (const part of text.split(',')) {
    const [low = '', high, ...rest] = part.split('-').map((end) => end.trim());
    if (rest.length > 0 || low === '' || high === '') {
      throw invalidValue(
        `${argument} ${show(text)} is not a list of ports: expected a form such as "8000-8100,9000"`,
      );
    }
    const lowest = parsePort(low, argument);
    yield { low: lowest, high: high === undefined ? lowest : parsePort(high, argument) };
  }
}

function addRange(bits: PortBits, low: number, high: number, argument: string): void {
  if (!isPort(low)) checkPort(low, `${argument} low`);
  if (!isPort(high)) checkPort(high, `${argument} high`);
  if (low > high)
    throw invalidValue(`${argument} ${low}-${high} is empty: its low end is above its high end`);
  setBits(bits, low, high);
}

/** Sets the bits from `low` to `high`, which are ports, whole bytes at once: a range costs little more than a port. */
function setBits(bits: PortBits, low: number, high: number): void {
  const first = low >> 3;
  const last = high >> 3;
  const fromLow = (0xff << (low & 7)) & 0xff;
  const upToHigh = 0xff >> (7 - (high & 7));
  if (first === last) {
    bits[first] = (bits[first] ?? 0) | (fromLow & upToHigh);
  } else {
    bits[first] = (bits[first] ?? 0) | fromLow;
    bits.fill(0xff, first + 1, last);
    bits[last] = (bits[last] ?? 0) | upToHigh;
  }
}

function addPort(bits: PortBits, port: number): void {
  const index = port >> 3;
  bits[index] = (bits[index] ?? 0) | (1 << (port & 7));
}

function isIterable(spec: unknown): spec is Iterable<PortSpec> {
  return typeof spec === 'object' && spec !== null && Symbol.iterator in spec;
}

function isRange(spec: unknown): spec is PortRange {
  return typeof spec === 'object' && spec !== null && 'low' in spec && 'high' in spec;
}
