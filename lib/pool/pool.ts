import { EventEmitter } from 'node:events';
import { addon } from '../addon/addon';
import { checkObject, checkOptions, checkSignal, checkTime } from '../arguments/options';
import { checkHost, type Host } from '../host/host';
import { type PortOwner, portOwners } from '../machine/port-owners';
import { PortSet, toCandidates, toPortSet } from '../ports/port-set';
import { PORT_BITS_LENGTH, type PortBits } from '../ports/port-spec';
import { availableGoodPorts } from '../registry/good-ports';
import { hold, tryHold } from './choose';
import { checkWish, POOL_OPTIONS, type PortPoolOptions, type ReserveOptions, type Wish } from './options';
import { isAlive } from './owner-process';
import { Reservation } from './reservation';
import { type ReservationRecord, StateFile } from './state-file';

/** How often the ends of owners, and ports that could not be held, are looked for, ms. */
const LOOK = 100;

/** What a {@link PortPool} tells as it happens. */
export interface PortPoolEvents {
  /** Ports were reserved. */
  reserved: [reservation: Reservation];
  /** Somebody began to listen on a reserved TCP port. */
  listening: [reservation: Reservation, port: number];
  /** Nobody listens on it any more. */
  closed: [reservation: Reservation, port: number];
  /** A port that was to be held again is used by a process that is not the reservation's. */
  taken: [reservation: Reservation, port: number, user: PortOwner | undefined];
  /** The process of a reservation ended, and so did the reservation. */
  expired: [reservation: Reservation];
}

/** How full a pool is. */
export interface PoolNumbers {
  /** The ports that the pool can give out at all. */
  readonly ports: number;
  /** Reservations that have not ended. */
  readonly reservations: number;
  /** Different owners of these. */
  readonly owners: number;
  /** Reserved ports, and those of them that the kernel holds, and does not though it should. */
  readonly reserved: number;
  /** Ports that the kernel holds. */
  readonly held: number;
  /** Reserved ports that could not be held. */
  readonly unheld: number;
  /** Released ports that are not given out yet. */
  readonly cooling: number;
  /** Since the pool was made: reservations, releases (expiries among them), expiries, and refusals. */
  readonly made: number;
  /** Reservations released since the pool was made, expired ones among them. */
  readonly released: number;
  /** Reservations whose process ended. */
  readonly expired: number;
  /** Reservations that failed. */
  readonly refused: number;
}

/**
 * Ports for what an orchestrator starts: each reservation has an owner, its ports are held in the kernel and distinct
 * from those of every other, and it ends when it is released or its process does.
 *
 * With `state` the reservations outlive the pool's process, however that ends: a pool that is made on the same file holds
 * again what the owners that still live had. `close()` ends the pool and leaves what is written there.
 *
 * The pool keeps no process alive.
 *
 * @example
 * const pool = new PortPool({ ports: '20000-20999', cooldown: 5000, state: '/run/grid/ports' });
 * const reservation = await pool.reserve('web', { count: 2, contiguous: true });
 * const child = spawn('node', ['server.js'], { env: { ...process.env, PORT: `${reservation.port}` } });
 */
export class PortPool extends EventEmitter<PortPoolEvents> implements Iterable<Reservation>, Disposable {
  readonly #ports: PortSet | undefined;
  readonly #exclude: PortSet;
  readonly #host: Host | undefined;
  readonly #cooldown: number;
  readonly #state: StateFile | undefined;
  readonly #reservations = new Map<number, Reservation>();
  /** Whose a port is. */
  readonly #taken = new Map<number, Reservation>();
  /** When a released port may be given out again, ms since 1970; in the order of their release. */
  readonly #cooling = new Map<number, number>();
  /** Both, as a bitmap: at hand for every reservation. */
  readonly #unavailable: PortBits = new Uint8Array(PORT_BITS_LENGTH);
  readonly #counts = { made: 0, released: 0, expired: 0, refused: 0 };
  #lastId = 0;
  #look: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #listening = new PortSet();
  #isClosed = false;

  /**
   * @param options the candidates, where to hold them, and what is remembered
   * @throws TypeError or RangeError. PoolStateError when the state file is another pool's, cannot be read, or is none.
   */
  constructor(options: PortPoolOptions = {}) {
    super();
    const { ports, exclude, host, cooldown = 0, state } = checkOptions(options, POOL_OPTIONS);
    this.#ports = ports === undefined ? undefined : toCandidates(ports, 'ports');
    this.#exclude = exclude === undefined ? new PortSet() : toPortSet(exclude, 'exclude');
    this.#host = host === undefined ? undefined : checkHost(host);
    this.#cooldown = checkTime(cooldown, 'cooldown', 0);
    this.#state = state === undefined ? undefined : new StateFile(state);
    try {
      this.#restore();
    } catch (error) {
      this.#state?.close();
      throw error;
    }
  }

  /**
   * {@link EventEmitter.on}. The socket table is swept only for a pool whose `listening` or `closed` somebody wants.
   * @param event `reserved`, `listening`, `closed`, `taken` or `expired`
   * @param listener called with what the event tells
   */
  override on<K extends keyof PortPoolEvents>(
    event: K,
    listener: (...values: PortPoolEvents[K]) => void,
  ): this {
    if (event === 'listening' || event === 'closed') this.#startWatch();
    return super.on(event, listener as never);
  }

  /**
   * Reserves ports for `owner`, any text. When the promise resolves they are held, and written down where the pool has a
   * state file.
   *
   * @param owner any text
   * @param options how many, which, and for which process
   * @throws TypeError or RangeError. NoFreePortError when there are not as many; then none is reserved. PoolStateError
   *   when they cannot be written down. The reason of `signal`.
   */
  async reserve(owner: string, options: ReserveOptions = {}): Promise<Reservation> {
    const { signal } = checkObject(options);
    checkSignal(signal);
    signal?.throwIfAborted();
    const reservation = this.#reserve(checkWish(owner, options));
    try {
      await this.#state?.flush();
      signal?.throwIfAborted();
    } catch (error) {
      this.#end(reservation);
      throw error;
    }
    this.emit('reserved', reservation);
    return reservation;
  }

  /**
   * Gives back all ports of an owner, and says how many reservations those were.
   * @param owner the owner of the reservations
   */
  release(owner: string): number {
    const own = this.of(owner);
    for (const reservation of own) reservation.release();
    return own.length;
  }

  /**
   * The reservations of an owner.
   * @param owner the owner of the reservations
   */
  of(owner: string): Reservation[] {
    return [...this].filter((reservation) => reservation.owner === owner);
  }

  /**
   * The reservation that a port belongs to.
   * @param port 1 to 65535
   */
  at(port: number): Reservation | undefined {
    return this.#taken.get(port);
  }

  /** How many reservations there are. */
  get size(): number {
    return this.#reservations.size;
  }

  /** The reservations, in the order in which they were made. */
  [Symbol.iterator](): IterableIterator<Reservation> {
    return this.#reservations.values();
  }

  /** How full the pool is, for dashboards. */
  numbers(): PoolNumbers {
    this.#forgetCooled();
    const all = [...this];
    const held = all.reduce((sum, { leases }) => sum + leases.size, 0);
    return {
      ports: this.#candidates().size,
      reservations: all.length,
      owners: new Set(all.map(({ owner }) => owner)).size,
      reserved: this.#taken.size,
      held,
      unheld: all.reduce((sum, { unheld }) => sum + unheld.length, 0),
      cooling: this.#cooling.size,
      ...this.#counts,
    };
  }

  /** Lets every port go, and the state file, which goes on telling of the reservations. Harmless when it was closed. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#look);
    clearInterval(this.#watch);
    for (const { leases } of this) for (const lease of leases.values()) lease.release();
    this.#reservations.clear();
    this.#taken.clear();
    this.#state?.close();
  }

  /** {@link PortPool.close} at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  #reserve(wish: Wish): Reservation {
    this.#checkOpen();
    this.#forgetCooled();
    const candidates = this.#candidates().difference(PortSet.fromBits(this.#unavailable));
    const choice = { ...wish, host: this.#host };
    let leases: ReturnType<typeof hold>;
    try {
      leases = hold(candidates, choice);
    } catch (error) {
      this.#counts.refused++;
      throw error;
    }
    const { owner, transports, process } = wish;
    const ports = leases.map(({ port }) => port);
    const id = ++this.#lastId;
    const record: ReservationRecord = { id, owner, ports, transports, hold: wish.hold, process };
    try {
      this.#state?.append({ reserve: record });
    } catch (error) {
      for (const lease of leases) lease.release();
      throw error;
    }
    const reservation = this.#enter(record);
    for (const lease of leases) {
      if (wish.hold) reservation.leases.set(lease.port, lease);
      else lease.release();
    }
    this.#counts.made++;
    return reservation;
  }

  #enter(record: ReservationRecord): Reservation {
    const reservation = new Reservation(record, (which) => this.#end(which));
    this.#reservations.set(record.id, reservation);
    for (const port of record.ports) {
      this.#taken.set(port, reservation);
      this.#mark(port, true);
    }
    if (record.process !== undefined) this.#startLooking();
    return reservation;
  }

  /** Ends a reservation of this pool, if it has not ended. */
  #end(reservation: Reservation): void {
    if (!this.#reservations.delete(reservation.id)) return;
    const at = Date.now();
    for (const port of reservation.ports) {
      this.#taken.delete(port);
      reservation.leases.get(port)?.release();
      this.#mark(port, this.#cooldown > 0);
      if (this.#cooldown > 0) this.#cooling.set(port, at + this.#cooldown);
    }
    reservation.leases.clear();
    this.#counts.released++;
    if (this.#state === undefined) return;
    this.#state.append({ release: reservation.id, ports: reservation.ports, at });
    const releases = [...this.#cooling].map(([port, until]) => ({
      ports: [port],
      at: until - this.#cooldown,
    }));
    this.#state.shorten(
      [...this].map(({ record }) => record),
      releases,
    );
  }

  /** What a pool that was here before has left. */
  #restore(): void {
    if (this.#state === undefined) return;
    const { reservations, releases } = this.#state.read();
    for (const { ports, at } of releases) {
      if (at + this.#cooldown <= Date.now()) continue;
      for (const port of ports) {
        this.#cooling.set(port, at + this.#cooldown);
        this.#mark(port, true);
      }
    }
    for (const record of reservations.values()) {
      this.#lastId = Math.max(this.#lastId, record.id);
      const reservation = this.#enter(record);
      if (record.process !== undefined && !isAlive(record.process)) this.#end(reservation);
      else this.#hold(reservation);
    }
    if ([...this].some(({ unheld }) => unheld.length > 0)) this.#startLooking();
  }

  /** Holds what the kernel does not hold yet and is free. */
  #hold(reservation: Reservation): void {
    const { transports } = reservation;
    for (const port of reservation.unheld) {
      const [lease] = tryHold(new PortSet(port), 1, { transports, host: this.#host }) ?? [];
      if (lease !== undefined) reservation.leases.set(port, lease);
    }
  }

  #mark(port: number, isUnavailable: boolean): void {
    const byte = this.#unavailable[port >> 3] ?? 0;
    const bit = 1 << (port & 7);
    this.#unavailable[port >> 3] = isUnavailable ? byte | bit : byte & ~bit;
  }

  #candidates(): PortSet {
    const all = this.#ports ?? availableGoodPorts();
    return this.#exclude.size === 0 ? all : all.difference(this.#exclude);
  }

  #forgetCooled(): void {
    const now = Date.now();
    for (const [port, until] of this.#cooling) {
      if (until > now) return;
      this.#cooling.delete(port);
      this.#mark(port, false);
    }
  }

  #startLooking(): void {
    if (this.#look !== undefined || this.#isClosed) return;
    this.#look = setInterval(() => this.#lookAround(), LOOK).unref();
  }

  #lookAround(): void {
    let isOver = true;
    for (const reservation of [...this]) {
      const { process } = reservation.record;
      if (process !== undefined && !isAlive(process)) {
        this.#end(reservation);
        this.#counts.expired++;
        this.emit('expired', reservation);
        continue;
      }
      if (process !== undefined) isOver = false;
      if (reservation.unheld.length === 0) continue;
      this.#hold(reservation);
      if (reservation.unheld.length > 0) isOver = false;
      this.#tellTaken(reservation);
    }
    if (!isOver) return;
    clearInterval(this.#look);
    this.#look = undefined;
  }

  readonly #told = new WeakSet<Reservation>();

  /** Once for a reservation: who has its ports, if it is not its own process. */
  #tellTaken(reservation: Reservation): void {
    if (this.#told.has(reservation) || this.listenerCount('taken') === 0) return;
    this.#told.add(reservation);
    for (const port of reservation.unheld) {
      const [user] = reservation.transports.flatMap((transport) => portOwners(port, transport));
      if (reservation.pid === undefined || user?.pid !== reservation.pid)
        this.emit('taken', reservation, port, user);
    }
  }

  /** The socket table is swept only for a pool whose events somebody wants. */
  #startWatch(): void {
    if (this.#watch !== undefined || this.#isClosed) return;
    this.#watch = setInterval(() => this.#lookForServers(), LOOK).unref();
  }

  #lookForServers(): void {
    const bits = addon.socketTable('tcp', 'listen');
    if (bits === undefined) return;
    const now = PortSet.fromBits(bits);
    const before = this.#listening;
    this.#listening = now;
    for (const [port, reservation] of this.#taken) {
      if (now.has(port) === before.has(port)) continue;
      this.emit(now.has(port) ? 'listening' : 'closed', reservation, port);
    }
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new TypeError('the pool is closed: make a new one');
  }
}
