import { EventEmitter } from 'node:events';
import { invalidValue } from '../arguments/invalid-argument';
import { checkObject, checkOptions, checkSignal, checkTime } from '../arguments/options';
import { PortForError } from '../errors/port-for-error';
import { checkHost, type Host } from '../host/host';
import { portOwners } from '../machine/port-owners';
import { NoFreePortError } from '../pick/errors';
import { PortSet, toCandidates, toPortSet } from '../ports/port-set';
import { availableGoodPorts } from '../registry/good-ports';
import { hold, tryHold } from './choose';
import type { PortPoolEvents } from './events';
import type { PoolNumbers } from './numbers';
import { checkWish, POOL_OPTIONS, type PortPoolOptions, type ReserveOptions, type Wish } from './options';
import { isAlive } from './owner-process';
import { Reservation } from './reservation';
import { ServerWatch } from './server-watch';
import { StateFile } from './state-file';
import type { ReservationRecord } from './state-line';
import { Unavailable } from './unavailable';

/** How often the ends of owners, and ports that could not be held, are looked for, ms. */
const LOOK = 100;

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
  /** The candidates asked about last, and the same without those excluded. */
  #all = new PortSet();
  #withoutExcluded = new PortSet();
  readonly #host: Host | undefined;
  readonly #state: StateFile | undefined;
  readonly #reservations = new Map<number, Reservation>();
  /** Whose a port is. */
  readonly #taken = new Map<number, Reservation>();
  readonly #unavailable: Unavailable;
  readonly #counts = { made: 0, released: 0, expired: 0, refused: 0 };
  #lastId = 0;
  #look: NodeJS.Timeout | undefined;
  #watch: ServerWatch | undefined;
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
    this.#unavailable = new Unavailable(checkTime(cooldown, 'cooldown', 0));
    if (state === '') throw invalidValue('state "" names no file');
    this.#state = state === undefined ? undefined : new StateFile(state);
    try {
      this.#restore();
    } catch (error) {
      this.close();
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
    const all = [...this];
    const held = all.reduce((sum, { leases }) => sum + leases.size, 0);
    return {
      ports: this.#candidates().size,
      reservations: all.length,
      owners: new Set(all.map(({ owner }) => owner)).size,
      reserved: this.#taken.size,
      held,
      unheld: all.reduce((sum, { unheld }) => sum + unheld.length, 0),
      cooling: this.#unavailable.cooling,
      ...this.#counts,
    };
  }

  /** Lets every port go, and the state file, which goes on telling of the reservations. Harmless when it was closed. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#look);
    this.#watch?.close();
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
    const candidates = this.#unavailable.removeFrom(this.#candidates());
    const choice = { ...wish, host: this.#host };
    let leases: ReturnType<typeof hold>;
    try {
      leases = hold(candidates, choice);
    } catch (error) {
      this.#counts.refused++;
      if (candidates.size === 0 && error instanceof NoFreePortError) {
        const { ports, reserved, cooling } = this.numbers();
        error.message = `the pool has no port left: ${reserved} of its ${ports} are reserved, ${cooling} cool down: release some, or make it larger`;
      }
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
      this.#unavailable.take(port);
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
      this.#unavailable.release(port, at);
    }
    reservation.leases.clear();
    this.#counts.released++;
    if (this.#state === undefined) return;
    this.#state.append({ release: reservation.id, ports: reservation.ports, at });
    this.#state.shorten(
      [...this].map(({ record }) => record),
      this.#unavailable.releases(),
      this.#lastId,
    );
  }

  /** What a pool that was here before has left. */
  #restore(): void {
    if (this.#state === undefined) return;
    const { reservations, releases, lastId } = this.#state.read();
    this.#lastId = lastId;
    for (const { ports, at } of releases) for (const port of ports) this.#unavailable.release(port, at);
    for (const record of reservations.values()) {
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

  /** The same set for as long as the machine's good ports are the same. */
  #candidates(): PortSet {
    const all = this.#ports ?? availableGoodPorts();
    if (this.#exclude.size === 0) return all;
    if (all !== this.#all) {
      this.#all = all;
      this.#withoutExcluded = all.difference(this.#exclude);
    }
    return this.#withoutExcluded;
  }

  #startLooking(): void {
    if (this.#look !== undefined) return;
    this.#look = setInterval(() => this.#lookAround(), LOOK).unref();
  }

  #lookAround(): void {
    let isOver = true;
    for (const reservation of [...this]) {
      // A listener may have closed the pool, or released others: what was held for them now would be lost.
      if (!this.#reservations.has(reservation.id)) continue;
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
    this.#watch = new ServerWatch(
      LOOK,
      () => this.#taken.keys(),
      (port, listens) => {
        const reservation = this.#taken.get(port);
        if (reservation !== undefined) this.emit(listens ? 'listening' : 'closed', reservation, port);
      },
    );
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new PortForError('ERR_PORT_RELEASED', 'the pool is closed: make a new one');
  }
}
