import { Endpoint, type Subscriber } from './endpoint';
import { ListenTable } from './listen-table';
import { sweepPause } from './pace';

/** Connections under way at most: each holds a descriptor. */
const MOST_UNDER_WAY = 256;

/** Without a table, how long until it is asked for again: it may have been missing for want of a descriptor, ms. */
const NO_TABLE_PAUSE = 1000;

/** What repeated attempts may cost a second, all waits of the process together. First and hurried ones are free. */
const BUDGET_A_SECOND = 250;

/** What may be spent at once after a quiet time. */
const BURST = 50;

/** One attempt where the socket table helps too, which makes dialling a second opinion; any other one costs 1. */
const SECOND_OPINION = 4;

/**
 * The one clock of all waits of this process: it sweeps the socket table once for all of them and dials what is due.
 * A thousand waits thus cost one timer and one sweep at a time. It stands still when nobody waits.
 */
export class Pulse {
  /** In the order in which they were last dialled, so that the budget goes round. */
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly table = new ListenTable();
  private timer: NodeJS.Timeout | undefined;
  private wakeAt = Infinity;
  private isKicked = false;
  private isBeating = false;
  private isFull = false;
  private sweepDue = 0;
  private budget = BURST;
  private budgetAt = 0;

  /** Has a port of an address dialled for `subscriber`, at once and then again and again. */
  subscribe(address: string, port: number, subscriber: Subscriber): Endpoint {
    const key = `${address} ${port}`;
    let endpoint = this.endpoints.get(key);
    if (endpoint === undefined) {
      endpoint = new Endpoint(address, port, (at) => this.wake(at));
      this.endpoints.set(key, endpoint);
    }
    const now = performance.now();
    endpoint.subscribe(subscriber, now);
    // The first attempt may well be the last: the table is read where its answer is not enough.
    if (endpoint.isLocal) this.sweepDue = Math.min(this.sweepDue, now + 1);
    return endpoint;
  }

  unsubscribe(endpoint: Endpoint, subscriber: Subscriber): void {
    endpoint.unsubscribe(subscriber);
    if (!endpoint.isWanted) this.endpoints.delete(`${endpoint.address} ${endpoint.port}`);
    if (this.endpoints.size === 0) this.stop();
  }

  /** Makes sure that the next beat comes no later than `at`. */
  private wake(at: number): void {
    if (this.isBeating || this.isKicked) return;
    const now = performance.now();
    if (at <= now) {
      this.isKicked = true;
      queueMicrotask(() => this.beat());
    } else {
      const soonest = this.isFull ? now + 1 : at;
      if (soonest < this.wakeAt) this.schedule(soonest, soonest - now);
    }
  }

  private schedule(at: number, left: number): void {
    clearTimeout(this.timer);
    this.wakeAt = at;
    this.timer = at === Infinity ? undefined : setTimeout(() => this.beat(), Math.ceil(left));
  }

  private stop(): void {
    this.schedule(Infinity, 0);
    this.table.forget();
  }

  private beat(): void {
    this.isKicked = false;
    this.isBeating = true;
    const now = performance.now();
    const next = Math.min(this.sweep(now), this.dial(now));
    this.isBeating = false;
    this.schedule(next, next - now);
  }

  /** Sweeps the socket table if it is time, and returns when it will be time again. */
  private sweep(now: number): number {
    const youngest = this.youngestWatch();
    if (youngest === undefined) return Infinity;
    if (now < this.sweepDue) return this.sweepDue;
    this.table.sweep();
    for (const endpoint of this.endpoints.values()) {
      if (endpoint.isLocal && endpoint.isActive) endpoint.hear(this.table.listensOn(endpoint.port), now);
    }
    const rest = this.table.isKnown ? sweepPause(now - youngest, this.table.sweepCost) : NO_TABLE_PAUSE;
    this.sweepDue = now + rest;
    return this.sweepDue;
  }

  /** When the youngest of the waits began that the socket table can help; undefined where it helps none. */
  private youngestWatch(): number | undefined {
    let youngest: number | undefined;
    for (const endpoint of this.endpoints.values()) {
      if (endpoint.isLocal && endpoint.isActive) youngest = Math.max(youngest ?? 0, endpoint.since);
    }
    return youngest;
  }

  /** Dials what is due, within the budget, and returns when something will be due next. */
  private dial(now: number): number {
    this.budget = Math.min(BURST, this.budget + ((now - this.budgetAt) / 1000) * BUDGET_A_SECOND);
    this.budgetAt = now;
    this.isFull = false;
    let free = MOST_UNDER_WAY;
    let next = Infinity;
    for (const endpoint of this.endpoints.values()) if (endpoint.isBusy) free--;
    for (const [key, endpoint] of this.endpoints) {
      if (endpoint.isBusy || !endpoint.isActive) continue;
      const price = endpoint.isHurried ? 0 : endpoint.isSwept ? SECOND_OPINION : 1;
      // Where the table is swept anyway, the next sweep is soon enough, and saves a beat of its own.
      if (endpoint.due > now) next = endpoint.isSwept ? next : Math.min(next, endpoint.due);
      else if (free === 0) this.isFull = true;
      else if (this.budget < price)
        next = Math.min(next, now + ((price - this.budget) / BUDGET_A_SECOND) * 1000);
      else {
        free--;
        this.budget -= price;
        this.endpoints.delete(key);
        this.endpoints.set(key, endpoint);
        endpoint.dial(now);
      }
    }
    return next;
  }
}
