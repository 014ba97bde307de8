import { isLocalAddress } from '../host/local-address';
import { type Answer, type Attempt, attempt } from './attempt';
import { dialPace, pause } from './pace';

/** What the first attempt gets before the socket table is read too, ms. */
export const FIRST_ATTEMPT = 10;

/** One wait's interest in an endpoint. */
export interface Subscriber {
  /** How long its attempts may stay without an answer, ms. */
  readonly attemptTimeout: number;
  onAnswer(answer: Answer): void;
}

/** What an endpoint keeps of a subscriber. */
interface Interest {
  /** The first attempt that it hears of: one that began before it came may tell what was, not what is. */
  readonly firstAttempt: number;
  /** Whether it wants attempts to be made at present. */
  isActive: boolean;
}

/**
 * One port of one address, dialled by one attempt at a time for all the waits of this process that want to know of
 * it. It keeps the last answer and what the socket table says, and tells when it is due to be dialled again.
 */
export class Endpoint {
  readonly isLocal: boolean;
  /** When the next attempt is due, on the clock of `performance.now()`. */
  due = 0;
  /** When the youngest wait came, or the socket table changed last: the pauses grow from here. */
  since = 0;
  private readonly interests = new Map<Subscriber, Interest>();
  private activeCount = 0;
  private attempts = 0;
  private current: Attempt | undefined;
  private startedAt = 0;
  private isUrgent = false;
  private accepted: boolean | undefined;
  private listening: boolean | undefined;

  /** `wake` is told when the endpoint wants to be looked at next. */
  constructor(
    readonly address: string,
    readonly port: number,
    private readonly wake: (at: number) => void,
  ) {
    this.isLocal = isLocalAddress(address);
  }

  get isWanted(): boolean {
    return this.interests.size > 0;
  }

  get isBusy(): boolean {
    return this.current !== undefined;
  }

  /** Whether somebody waits for the next attempt. */
  get isActive(): boolean {
    return this.activeCount > 0;
  }

  /** Whether the socket table can help: the first attempt may well be the last, and gets a moment to be. */
  needsTable(now: number): boolean {
    return this.isLocal && this.isActive && (this.accepted !== undefined || now - this.since > FIRST_ATTEMPT);
  }

  /** Whether the next attempt should not wait for a share of what all attempts may cost. */
  get isHurried(): boolean {
    return this.isUrgent;
  }

  /** Whether the socket table says as much as the last attempt did. */
  get isSwept(): boolean {
    return this.listening !== undefined && this.listening === this.accepted;
  }

  /** For how long an attempt has been under way, ms; undefined while none is. */
  runningFor(now: number): number | undefined {
    return this.isBusy ? now - this.startedAt : undefined;
  }

  subscribe(subscriber: Subscriber, now: number): void {
    this.interests.set(subscriber, { firstAttempt: this.attempts, isActive: true });
    this.activeCount++;
    this.since = now;
    this.hurry(now);
  }

  unsubscribe(subscriber: Subscriber): void {
    this.setActive(subscriber, false);
    this.interests.delete(subscriber);
    if (this.isWanted) return;
    this.current?.cancel();
    this.current = undefined;
  }

  /** Wants an attempt for one subscriber now and from now on, or none for it until further notice. */
  setActive(subscriber: Subscriber, isActive: boolean): void {
    const interest = this.interests.get(subscriber);
    if (interest === undefined || interest.isActive === isActive) return;
    interest.isActive = isActive;
    this.activeCount += isActive ? 1 : -1;
    if (isActive) this.hurry(performance.now());
  }

  /** Takes what the socket table says: a change, or a contradiction at first, is a reason to dial now. */
  hear(listening: boolean | undefined, now: number): void {
    const before = this.listening ?? this.accepted;
    this.listening = listening;
    if (listening === undefined || listening === before) return;
    this.since = now;
    this.hurry(now);
  }

  /** Dials. The subscribers of now and of the time until the answer hear of it. */
  dial(now: number): void {
    let limit = 0;
    for (const { attemptTimeout } of this.interests.keys()) limit = Math.max(limit, attemptTimeout);
    const number = this.attempts++;
    this.isUrgent = false;
    this.startedAt = now;
    this.current = attempt(this.address, this.port, limit, (answer) => this.finish(number, answer));
  }

  private hurry(now: number): void {
    this.due = now;
    this.isUrgent = true;
    this.wake(now);
  }

  private finish(number: number, answer: Answer): void {
    this.current = undefined;
    const now = performance.now();
    if (answer.conclusive) this.accepted = answer.accepted;
    if (!this.isUrgent) {
      this.due = now + pause(dialPace(this.isLocal, answer.accepted, this.listening), now - this.since);
    }
    this.wake(this.due);
    for (const [subscriber, { firstAttempt }] of [...this.interests]) {
      if (number >= firstAttempt && this.interests.has(subscriber)) subscriber.onAnswer(answer);
    }
  }
}
