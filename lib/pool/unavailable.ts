import { ownBits, PortSet } from '../ports/port-set';

/** The ports that a pool cannot give out: those that are reserved, and those that cool down after their release. */
export class Unavailable {
  readonly #cooldown: number;
  /** When a released port is available again, ms since 1970; in the order of their release. */
  readonly #cooling = new Map<number, number>();
  /** Reserved and cooling ports, ready for every reservation: changed in place, and seen by nobody else. */
  readonly #ports = new PortSet();
  readonly #bits = ownBits(this.#ports);

  /** @param cooldown how long a released port stays unavailable, ms */
  constructor(cooldown: number) {
    this.#cooldown = cooldown;
  }

  /** A port is reserved. */
  take(port: number): void {
    this.#mark(port, true);
  }

  /** A port was released `at`, ms since 1970. */
  release(port: number, at: number): void {
    const until = at + this.#cooldown;
    const isCooling = until > Date.now();
    this.#mark(port, isCooling);
    if (isCooling) this.#cooling.set(port, until);
  }

  /** The members of `candidates` that can be given out. */
  removeFrom(candidates: PortSet): PortSet {
    this.#forgetCooled();
    return candidates.difference(this.#ports);
  }

  /** How many ports cool down. */
  get cooling(): number {
    this.#forgetCooled();
    return this.#cooling.size;
  }

  /** The releases of the ports that cool down. */
  releases(): { ports: number[]; at: number }[] {
    return Array.from(this.#cooling, ([port, until]) => ({ ports: [port], at: until - this.#cooldown }));
  }

  #forgetCooled(): void {
    const now = Date.now();
    for (const [port, until] of this.#cooling) {
      if (until > now) return;
      this.#cooling.delete(port);
      this.#mark(port, false);
    }
  }

  #mark(port: number, isUnavailable: boolean): void {
    const byte = this.#bits[port >> 3] ?? 0;
    const bit = 1 << (port & 7);
    this.#bits[port >> 3] = isUnavailable ? byte | bit : byte & ~bit;
  }
}
