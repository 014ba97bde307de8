import { invalidType, invalidValue } from '../arguments/invalid-argument';
import { MAX_PORT, type PortRange } from './port';
import { addPorts, PORT_BITS_LENGTH, type PortBits, type PortSpec } from './port-spec';

/**
 * The bitmap of a set itself, for the addon to read. Sets are remembered and shared: never write to it, and never give
 * it to a caller.
 */
export let ownBits: (set: PortSet) => PortBits;

/** Adds a port to a set, or removes it. Only for a set that its owner keeps to itself. */
export let mark: (set: PortSet, port: number, isMember: boolean) => void;

/**
 * An immutable set of ports, 1 to 65535, with the reading half of an ES `Set`, always in ascending order. It is a
 * bitmap of 8 KiB whatever it holds, so that set algebra on it costs microseconds.
 */
export class PortSet implements Iterable<number> {
  readonly #bits: PortBits = new Uint8Array(PORT_BITS_LENGTH);
  #size: number | undefined;

  static {
    ownBits = (set) => {
      if (#bits in set) return set.#bits;
      throw invalidType('set', 'a PortSet itself, rather than a Proxy of one', set);
    };
    mark = (set, port, isMember) => {
      if (hasBit(set.#bits, port) === isMember) return;
      const byte = set.#bits[port >> 3] ?? 0;
      set.#bits[port >> 3] = byte ^ (1 << (port & 7));
      if (set.#size !== undefined) set.#size += isMember ? 1 : -1;
    };
  }

  /**
   * @param ports the members; none by default
   * @throws TypeError or RangeError when `ports` holds something that is no port
   */
  constructor(ports: PortSpec = []) {
    if (isPortSet(ports)) this.#bits.set(ownBits(ports));
    else addPorts(this.#bits, ports, 'ports');
  }

  /**
   * The set of the ports whose bit is set.
   * @param bits a bitmap of 8,192 bytes, which is copied: bit 0 of byte 0 is port 0, which is in no set
   * @throws TypeError when `bits` is no such bitmap
   */
  static fromBits(bits: PortBits): PortSet {
    if (!(bits instanceof Uint8Array) || bits.length !== PORT_BITS_LENGTH) {
      throw invalidType('bits', `a Uint8Array of ${PORT_BITS_LENGTH} bytes`, bits);
    }
    return takeBits(bits);
  }

  /** A copy of the bitmap: one bit a port from 0 to 65535, the lowest bit of a byte first. */
  get bits(): PortBits {
    return ownBits(this).slice();
  }

  /** How many ports the set holds. */
  get size(): number {
    const bits = ownBits(this);
    this.#size ??= countBits(bits);
    return this.#size;
  }

  /**
   * Whether a port is in the set.
   * @param port a port; anything else is in no set
   */
  has(port: number): boolean {
    return Number.isInteger(port) && port <= MAX_PORT && hasBit(ownBits(this), port);
  }

  /** The ports in ascending order. */
  *[Symbol.iterator](): Generator<number, void, undefined> {
    for (const { low, high } of this.ranges()) {
      for (let port = low; port <= high; port++) yield port;
    }
  }

  /** The ports in ascending order, as of an ES `Set`. */
  values(): Generator<number, void, undefined> {
    return this[Symbol.iterator]();
  }

  /**
   * The ports that are in this set or in `other`.
   * @param other ports in any form, or another set
   */
  union(other: PortSpec): PortSet {
    return this.#combine(other, (mine, theirs) => mine | theirs);
  }

  /**
   * The ports that are in this set and in `other`.
   * @param other ports in any form, or another set
   */
  intersection(other: PortSpec): PortSet {
    return this.#combine(other, (mine, theirs) => mine & theirs);
  }

  /**
   * The ports that are in this set and not in `other`.
   * @param other ports in any form, or another set
   */
  difference(other: PortSpec): PortSet {
    return this.#combine(other, (mine, theirs) => mine & ~theirs);
  }

  /** The runs of neighbouring ports, ascending; both ends of each included. */
  ranges(): PortRange[] {
    const words = new DataView(ownBits(this).buffer);
    const ranges: PortRange[] = [];
    let low = nextBit(words, 0, true);
    while (low < BIT_COUNT) {
      const end = nextBit(words, low, false);
      ranges.push({ low, high: end - 1 });
      low = nextBit(words, end, true);
    }
    return ranges;
  }

  /** The set as text that a `PortSpec` reads again: `'80,8000-8100'`; empty for the empty set. */
  toString(): string {
    return this.ranges()
      .map(({ low, high }) => (low === high ? `${low}` : `${low}-${high}`))
      .join(',');
  }

  /** How `console.log` shows the set. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `PortSet(${this.size}) { ${this} }`;
  }

  /** The ports as an array of numbers, for `JSON.stringify`. */
  toJSON(): number[] {
    return [...this];
  }

  #combine(other: PortSpec, combine: (mine: number, theirs: number) => number): PortSet {
    const result = emptySet();
    const mine = wordsOf(ownBits(this));
    const theirs = wordsOf(ownBits(toPortSet(other, 'other')));
    const words = wordsOf(ownBits(result));
    for (let index = 0; index < words.length; index++) {
      words[index] = combine(mine[index] ?? 0, theirs[index] ?? 0);
    }
    return result;
  }
}

/** `spec` as a set: itself where it is one. Throws a `TypeError` or `RangeError` that names `argument`. */
export function toPortSet(spec: PortSpec, argument: string): PortSet {
  if (isPortSet(spec)) return spec;
  const set = emptySet();
  addPorts(ownBits(set), spec, argument);
  return set;
}

/** {@link toPortSet} for ports to choose from; throws a `RangeError` when there is none. */
export function toCandidates(spec: PortSpec, argument: string): PortSet {
  const set = toPortSet(spec, argument);
  // A set remembers its size. In a new one the first member is found sooner than all are counted.
  const isEmpty =
    set === spec ? set.size === 0 : nextBit(new DataView(ownBits(set).buffer), 0, true) === BIT_COUNT;
  if (isEmpty) throw invalidValue(`${argument} must not be empty: name at least one port`);
  return set;
}

// A class that names itself inside is renamed by the bundler, so these do it outside.

function isPortSet(spec: PortSpec): spec is PortSet {
  return spec instanceof PortSet;
}

function emptySet(): PortSet {
  return new PortSet();
}

function takeBits(bits: PortBits): PortSet {
  const set = emptySet();
  const own = ownBits(set);
  own.set(bits);
  own[0] = (own[0] ?? 0) & ~1;
  return set;
}

const BIT_COUNT = PORT_BITS_LENGTH * 8;

function hasBit(bits: PortBits, index: number): boolean {
  return ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}

/** The first index from `from` on whose bit is as `wanted`; the number of bits where there is none. */
function nextBit(words: DataView, from: number, wanted: boolean): number {
  const flip = wanted ? 0 : -1;
  for (let index = from & ~31; index < BIT_COUNT; index += 32) {
    const word = words.getInt32(index >> 3, true) ^ flip;
    const rest = index < from ? word & (-1 << (from & 31)) : word;
    if (rest !== 0) return index + 31 - Math.clz32(rest & -rest);
  }
  return BIT_COUNT;
}

/** The bits of a set, all of which own a buffer, in larger steps: for work that knows no order of bits. */
function wordsOf(bits: PortBits): Uint32Array {
  return new Uint32Array(bits.buffer);
}

/** Adds up the bits of a word in parallel: of pairs, then of fours, of bytes, and of the whole (SWAR). */
function countBits(bits: PortBits): number {
  let count = 0;
  const words = wordsOf(bits);
  // By index: an iterator takes ten times as long.
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? 0;
    const pairs = word - ((word >>> 1) & 0x55555555);
    const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
    count += Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}
