import type { ListenerWatch } from '../addon/contract';
import { optionalAddon } from '../addon/optional-addon';
import { Endpoint, type Spot, type Subscriber } from './endpoint';
import { MOST_UNDER_WAY, REPEATS, SECOND_OPINIONS, SWEEPS } from './pace';

/**
 * The one clock of all waits of this process: it tries what is due, and what the socket table has news of. A thousand
 * waits thus cost one timer and one sweep of the table at a time. It stands still when nobody waits.
 */
export class Pulse {
  /** In the order in which they were last tried, so that the budget goes round. */
  private readonly endpoints = new Map<string, Endpoint>();
  private timer: NodeJS.Timeout | undefined;
  private wakeAt = Infinity;
  private isKicked = false;
  /** Whether a try waits for the end of another. */
  private isFull = false;
  /** The addon's thread that sweeps the socket table; null where there is none, undefined while none is needed. */
  private watch: ListenerWatch | null | undefined;
  /** The endpoints that it looks at, by the numbers that it knows them by. */
  private readonly watched = new Map<number, Endpoint>();
  private numbers = 0;
  private readonly repeats = new Budget(REPEATS);
  private readonly secondOpinions = new Budget(SECOND_OPINIONS);

  /** Has a spot tried for `subscriber`, at once and then again and again. */
  subscribe(spot: Spot, subscriber: Subscriber): Endpoint {
    let endpoint = this.endpoints.get(spot.key);
    if (endpoint === undefined) {
      endpoint = new Endpoint(spot, (at) => this.wake(this.isFull ? 0 : at));
      this.endpoints.set(spot.key, endpoint);
    }
    endpoint.subscribe(subscriber, performance.now());
    // A newcomer wants to know as soon as the first one did.
    if (this.watched.has(endpoint.number)) this.watch?.hurry();
    return endpoint;
  }

  unsubscribe(endpoint: Endpoint, subscriber: Subscriber): void {
    endpoint.unsubscribe(subscriber);
    if (!endpoint.isWanted) {
      this.endpoints.delete(endpoint.spot.key);
      this.watch?.remove(endpoint.number);
      this.watched.delete(endpoint.number);
    }
    if (this.endpoints.size === 0) this.stop();
  }

  /** Makes sure that the next beat comes no later than `at`. */
  private wake(at: number): void {
    if (this.isKicked) return;
    const now = performance.now();
    if (at <= now) {
      this.isKicked = true;
      queueMicrotask(() => this.beat());
    } else if (at < this.wakeAt) this.schedule(at, at - now);
  }

  private schedule(at: number, left: number): void {
    clearTimeout(this.timer);
    this.wakeAt = at;
    this.timer = at === Infinity ? undefined : setTimeout(() => this.beat(), Math.ceil(left));
  }

  private stop(): void {
    this.schedule(Infinity, 0);
    this.watch?.stop();
    this.watch = undefined;
  }

  private beat(): void {
    this.isKicked = false;
    const now = performance.now();
    this.consultTable();
    const next = this.tryWhatIsDue(now);
    this.schedule(next, next - now);
  }

  /** Has the socket table looked at for those endpoints that it can help, at once, and often for a while. */
  private consultTable(): void {
    for (const endpoint of this.endpoints.values()) {
      if (!endpoint.needsTable || this.watched.has(endpoint.number)) continue;
      if (this.watch === undefined) this.watchTable();
      endpoint.number = ++this.numbers;
      this.watched.set(endpoint.number, endpoint);
      this.watch?.add(endpoint.number, endpoint.spot.address, endpoint.spot.port);
    }
  }

  private watchTable(): void {
    // Without an addon, tries alone tell.
    const watch = optionalAddon()?.watchListeners(SWEEPS, (changes) => this.hearTable(changes));
    this.watch = watch ?? null;
  }

  private hearTable(changes: readonly number[]): void {
    const now = performance.now();
    for (let index = 0; index < changes.length; index += 2) {
      const state = changes[index + 1];
      this.watched.get(changes[index] ?? 0)?.hear(state === -1 ? undefined : state === 1, now);
    }
  }

  /** Tries what is due, within the budget, and returns when something will be due next. */
  private tryWhatIsDue(now: number): number {
    this.isFull = false;
    let room = MOST_UNDER_WAY;
    let next = Infinity;
    for (const endpoint of this.endpoints.values()) if (endpoint.isBusy) room--;
    for (const [key, endpoint] of this.endpoints) {
      if (endpoint.isBusy) continue;
      const budget = endpoint.isSettled ? this.secondOpinions : this.repeats;
      if (endpoint.due > now) next = Math.min(next, endpoint.due);
      else if (room === 0) this.isFull = true;
      else if (!endpoint.isUrgent && !budget.take(now)) next = Math.min(next, budget.nextAt);
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

/** A number of things that may be done a second, some of them at once after a quiet time: a token bucket. */
export class Budget {
  private left: number;
  private countedAt = 0;

  constructor(private readonly rate: { readonly perSecond: number; readonly burst: number }) {
    this.left = rate.burst;
  }

  /** Whether one more may be done at `now`, ms; if so it counts as done. */
  take(now: number): boolean {
    const { perSecond, burst } = this.rate;
    this.left = Math.min(burst, this.left + ((now - this.countedAt) / 1000) * perSecond);
    this.countedAt = now;
    if (this.left < 1) return false;
    this.left--;
    return true;
  }

  /** When the next one may be done, after a `take` in vain. */
  get nextAt(): number {
    return this.countedAt + ((1 - this.left) / this.rate.perSecond) * 1000;
  }
}
