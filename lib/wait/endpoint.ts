import type { Answer, Attempt, Dial } from './answer';
import { pause, tryPace } from './pace';

/** One place that can be tried: a port of one address, or a Unix socket, and how it is asked. */
export interface Spot {
  /** What is the same place, asked in the same way. */
  readonly key: string;
  readonly address: string;
  /** 0 for a Unix socket. */
  readonly port: number;
  readonly isLocal: boolean;
  /** Whether the socket table of this machine lists its listener. */
  readonly isInTable: boolean;
  readonly dial: Dial;
}

/** One wait's interest in an endpoint. */
export interface Subscriber {
  /** How long its tries may stay without an answer, ms. */
  readonly limit: number;
  onAnswer(answer: Answer): void;
}

/**
 * One spot, tried by one attempt at a time for all the waits of this process that want to know of it. It keeps the
 * last answer and what the socket table says, and says when it is due to be tried again.
 */
export class Endpoint {
  /** What the socket table's watch knows it by; 0 while it does not. */
  number = 0;
  /** When the next try is due, on the clock of `performance.now()`. */
  due = 0;
  /** When the youngest wait came, or the socket table changed last: the pauses grow from here. */
  since = 0;
  /** Whether the next try should not wait for its share of what all tries may cost. */
  isUrgent = false;
  /** With the number of the first try that each hears of: an earlier one may tell what was, not what is. */
  private readonly subscribers = new Map<Subscriber, number>();
  private tries = 0;
  private current: Attempt | undefined;
  private startedAt = 0;
  private last: Answer | undefined;
  private listening: boolean | undefined;

  /** `wake` is told when the endpoint wants to be looked at next. */
  constructor(
    readonly spot: Spot,
    private readonly wake: (at: number) => void,
  ) {}

  get isWanted(): boolean {
    return this.subscribers.size > 0;
  }

  get isBusy(): boolean {
    return this.current !== undefined;
  }

  /** Whether the socket table can help: the first try may well be the last, and is answered without it. */
  get needsTable(): boolean {
    return this.spot.isInTable && this.last !== undefined;
  }

  /** Whether the next try is but a second opinion: the socket table says what the last one did. */
  get isSettled(): boolean {
    const { verdict } = this.last ?? {};
    return (
      (this.listening === true && verdict === 'ready') || (this.listening === false && verdict === 'closed')
    );
  }

  /** For how long a try has been under way, ms; 0 while none is. */
  runningFor(now: number): number {
    return this.isBusy ? now - this.startedAt : 0;
  }

  /** For how long the connection of a try has lasted that is to last, ms; undefined while there is none. */
  lastingFor(now: number): number | undefined {
    const since = this.current?.lastsSince;
    return since === undefined ? undefined : now - since;
  }

  subscribe(subscriber: Subscriber, now: number): void {
    this.subscribers.set(subscriber, this.tries);
    this.since = now;
    this.hurry(now);
  }

  unsubscribe(subscriber: Subscriber): void {
    this.subscribers.delete(subscriber);
    if (this.isWanted) return;
    this.current?.cancel();
    this.current = undefined;
  }

  /** Takes what the socket table says: a change, or a contradiction at first, is a reason to try now. */
  hear(listening: boolean | undefined, now: number): void {
    const before = this.listening ?? (this.last?.verdict === 'ready' || this.last?.verdict === 'unready');
    this.listening = listening;
    if (listening === undefined || listening === before) return;
    this.since = now;
    this.hurry(now);
  }

  /** Wants to be tried now. */
  hurry(now: number): void {
    this.due = now;
    this.isUrgent = true;
    this.wake(now);
  }

  /** Tries. The subscribers of now and of the time until the answer hear of it. */
  dial(now: number): void {
    const limit = Math.max(0, ...[...this.subscribers.keys()].map((subscriber) => subscriber.limit));
    const number = this.tries++;
    this.isUrgent = false;
    this.startedAt = now;
    this.current = this.spot.dial(limit, (answer) => this.finish(number, answer));
  }

  private finish(number: number, answer: Answer): void {
    this.current = undefined;
    this.last = answer;
    const now = performance.now();
    if (!this.isUrgent) {
      const pace = tryPace(this.spot.isLocal, answer.verdict, this.listening);
      this.due = now + pause(pace, now - this.since);
    }
    this.wake(this.due);
    // One that unsubscribes meanwhile is not told; one that subscribes wants to hear of the next try.
    for (const [subscriber, firstTry] of this.subscribers) {
      if (number >= firstTry) subscriber.onAnswer(answer);
    }
  }
}
