import { Budget } from './budget';
import { Endpoint, FIRST_ATTEMPT, type Subscriber } from './endpoint';
import { ListenTable } from './listen-table';

/** Connections under way at most: each holds a descriptor. */
const MOST_UNDER_WAY = 256;

/** Repeated attempts a second, all waits of the process together. First and hurried ones do not count. */
const REPEATS = { perSecond: 250, burst: 50 };

/** The same for addresses of which the socket table tells too, where an attempt is but a second opinion. */
const SECOND_OPINIONS = { perSecond: 60, burst: 15 };

/**
 * The one clock of all waits of this process: it dials what is due, and what the socket table has news of. A thousand
 * waits thus cost one timer and one sweep of the table at a time. It stands still when nobody waits.
 */
export class Pulse {
  /** In the order in which they were last dialled, so that the budget goes round. */
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly table = new ListenTable(() => this.consultTable(performance.now()));
  private timer: NodeJS.Timeout | undefined;
  private wakeAt = Infinity;
  private isKicked = false;
  private isBeating = false;
  private isFull = false;
  private hurriedAt = -Infinity;
  private readonly repeats = new Budget(REPEATS.perSecond, REPEATS.burst);
  private readonly secondOpinions = new Budget(SECOND_OPINIONS.perSecond, SECOND_OPINIONS.burst);

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
    this.table.stop();
    this.hurriedAt = -Infinity;
  }

  private beat(): void {
    this.isKicked = false;
    this.isBeating = true;
    const now = performance.now();
    const next = Math.min(this.consultTable(now), this.dial(now));
    this.isBeating = false;
    this.schedule(next, next - now);
  }

  /** Tells the endpoints what the socket table says, and returns when more of them will have to know. */
  private consultTable(now: number): number {
    let youngest = -Infinity;
    let next = Infinity;
    for (const endpoint of this.endpoints.values()) {
      if (!endpoint.isLocal || !endpoint.isActive) continue;
      if (endpoint.needsTable(now)) {
        youngest = Math.max(youngest, endpoint.since);
        endpoint.hear(this.table.listensOn(endpoint.port), now);
      } else next = now + FIRST_ATTEMPT;
    }
    if (youngest > this.hurriedAt) {
      this.hurriedAt = now;
      this.table.hurry();
    }
    return next;
  }

  /** Dials what is due, within the budget, and returns when something will be due next. */
  private dial(now: number): number {
    this.isFull = false;
    let room = MOST_UNDER_WAY;
    let next = Infinity;
    for (const endpoint of this.endpoints.values()) if (endpoint.isBusy) room--;
    for (const [key, endpoint] of this.endpoints) {
      if (endpoint.isBusy || !endpoint.isActive) continue;
      const budget = endpoint.isSwept ? this.secondOpinions : this.repeats;
      if (endpoint.due > now) next = Math.min(next, endpoint.due);
      else if (room === 0) this.isFull = true;
      else if (!endpoint.isHurried && !budget.take(now)) next = Math.min(next, budget.nextAt);
      else {
        room--;
        this.endpoints.delete(key);
        this.endpoints.set(key, endpoint);
        endpoint.dial(now);
      }
    }
    return next;
  }
}
