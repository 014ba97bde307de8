import { mark, PortSet } from '../ports/port-set';

/** The ports that a pool cannot give out: those that are reserved, and those that cool down after their release. */
export class Unavailable {
  readonly #cooldown: number;
  /** When a released port is available again, ms since 1970; in the order of their release. */
  readonly #cooling = new Map<number, number>();
  /** Reserved and cooling ports. */
  readonly #ports = new PortSet();
  /** The ports asked about last, and those of them that can be given out. */
  #candidates = new PortSet();
  #available = new PortSet();

  /** @param cooldown how long a released port stays unavailable, ms */
  constructor(cooldown: number) {
    this.#cooldown = cooldown;
  }

  /** A port is reserved. */
  take(port: number): void {
    this.#cooling.delete(port);
    this.#mark(port, true);
  }

  /** A port was released `at`, ms since 1970. */
  release(port: number, at: number): void {
    const until = at + this.#cooldown;
    const isCooling = until > Date.now();
    this.#mark(port, isCooling);
    // A state file may hold earlier releases of the port, which come first.
    this.#cooling.delete(port);
    if (isCooling) this.#cooling.set(port, until);
  }

  /**
   * The members of `candidates` that can be given out. The set changes with every port that is taken or released: it
   * would take longer to make than to find a port in it. Copy what has to last.
   */
  removeFrom(candidates: PortSet): PortSet {
    this.#forgetCooled();
    if (candidates !== this.#candidates) {
      this.#candidates = candidates;
      this.#available = candidates.difference(this.#ports);
    }
    return this.#available;
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
    mark(this.#ports, port, isUnavailable);
    if (this.#candidates.has(port)) mark(this.#available, port, !isUnavailable);
  }
}
