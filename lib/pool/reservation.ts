import type { Lease } from '../lease/lease';
import type { Transport } from '../ports/transport';
import type { ReservationRecord } from './state-line';

/** Ports of one owner, which a {@link PortPool} gave out. */
export class Reservation implements Disposable {
  /** Unique in the pool, also after a restart. */
  readonly id: number;
  /** The owner. */
  readonly owner: string;
  /** Its ports, in ascending order where they are contiguous. */
  readonly ports: readonly number[];
  /** The transports that its ports are reserved for. */
  readonly transports: readonly Transport[];
  /** The process whose end ends it; undefined if it has none. */
  readonly pid: number | undefined;
  /** Whether the kernel holds the ports; if not, the pool only remembers them. */
  readonly hold: boolean;
  readonly #release: (reservation: Reservation) => void;

  /** @internal */
  readonly leases = new Map<number, Lease>();
  /** @internal */
  readonly record: ReservationRecord;

  /** @internal */
  constructor(record: ReservationRecord, release: (reservation: Reservation) => void) {
    this.record = record;
    this.id = record.id;
    this.owner = record.owner;
    this.ports = record.ports;
    this.transports = record.transports;
    this.pid = record.process?.pid;
    this.hold = record.hold;
    this.#release = release;
  }

  /** The first of its ports. */
  get port(): number {
    return this.ports[0] ?? 0;
  }

  /**
   * Its ports that the kernel does not hold though it should, because somebody, as a rule the owner's server, had them
   * when the pool was started again. The pool holds them as soon as they are free.
   */
  get unheld(): number[] {
    return this.hold ? this.ports.filter((port) => !this.leases.has(port)) : [];
  }

  /**
   * The lease that holds one of its ports; undefined where the kernel does not hold it.
   * @param port one of {@link ports}; the first by default
   */
  lease(port: number = this.port): Lease | undefined {
    return this.leases.get(port);
  }

  /** Gives the ports back. Harmless when that was done. */
  release(): void {
    this.#release(this);
  }

  /** Releases the reservation at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.release();
  }
}
