import { isAlive, type OwnerProcess } from '../pool/owner-process';
import { Unavailable } from '../pool/unavailable';
import type { PortSet } from '../ports/port-set';

/** How long what is known of the ends of processes is good for, ms. */
const FRESH = 20;

interface Owner {
  readonly process: OwnerProcess;
  readonly ports: number[];
}

/** Which process has which ports of a server. A look at all processes takes as long as there are processes, not ports. */
export class Grants {
  readonly #owners = new Map<string, Owner>();
  readonly #unavailable = new Unavailable(0);
  #count = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** How many ports are granted. */
  get size(): number {
    return this.#count;
  }

  /** The members of `pool` that nobody has. */
  removeFrom(pool: PortSet): PortSet {
    return this.#unavailable.removeFrom(pool);
  }

  add(port: number, process: OwnerProcess): void {
    const key = `${process.pid} ${process.startTicks}`;
    const owner = this.#owners.get(key);
    if (owner === undefined) this.#owners.set(key, { process, ports: [port] });
    else owner.ports.push(port);
    this.#unavailable.take(port);
    this.#count++;
  }

  /** When processes were looked for last, on the clock of `performance`. */
  get lookedAt(): number {
    return this.#lookedAt;
  }

  /** In how many ms a further look for ended processes is worth while; 0 for now. */
  get untilLook(): number {
    return Math.max(0, this.#lookedAt + FRESH - performance.now());
  }

  /** Takes back the ports of processes that have ended; whether there were any. */
  collect(): boolean {
    const before = this.#count;
    for (const [key, { process, ports }] of this.#owners) {
      if (isAlive(process)) continue;
      this.#owners.delete(key);
      this.#count -= ports.length;
      for (const port of ports) this.#unavailable.release(port, 0);
    }
    this.#lookedAt = performance.now();
    return this.#count < before;
  }
}
