import { isListening } from '../host/local-address';
import type { Answer } from './attempt';
import type { Endpoint, Subscriber } from './endpoint';
import type { WaitPlan } from './options';
import type { Pulse } from './pulse';

/** So many attempts in a row without an answer mean that nobody answers; fewer may be lost packets. */
const CONVINCING = 6;

/** After silence the next attempt waits twice as long for an answer, up to this, ms: the way may be a long one. */
const MOST_PATIENCE = 400;

/** One wait's view of one address of its target. */
export class Probe implements Subscriber {
  /** Whether the address was found closed since any address of the target was last found open. */
  isCleared = false;
  /** Attempts in a row that got no answer. */
  private silences = 0;
  /** What the socket table says of an address that did not answer: a server with a full backlog is there all the same. */
  private isListenedOn: boolean | undefined;
  private isAnswered = false;
  private readonly endpoint: Endpoint;

  constructor(
    readonly address: string,
    port: number,
    private readonly plan: WaitPlan,
    private readonly pulse: Pulse,
    private readonly listener: (probe: Probe, answer: Answer) => void,
  ) {
    this.endpoint = pulse.subscribe(address, port, this);
  }

  get attemptTimeout(): number {
    const { state, attemptTimeout } = this.plan;
    if (state === 'occupied') return attemptTimeout;
    return Math.max(attemptTimeout, Math.min(MOST_PATIENCE, attemptTimeout * 2 ** this.silences));
  }

  /** Whether the last attempt got no answer, and nobody is known to listen: a packet was lost, or nobody is there. */
  get isSilent(): boolean {
    return this.silences > 0 && this.isListenedOn !== true;
  }

  /** Whether the address was found closed: refused, silent for long enough, or without a listener who could answer. */
  get isClosed(): boolean {
    if (this.silences === 0) return true;
    return this.isListenedOn === undefined ? this.silences >= CONVINCING : !this.isListenedOn;
  }

  onAnswer(answer: Answer): void {
    this.isAnswered = true;
    this.silences = answer.isSilence ? this.silences + 1 : 0;
    this.isListenedOn = answer.isSilence ? isListening(this.address, this.endpoint.port) : undefined;
    this.listener(this, answer);
  }

  setActive(isActive: boolean): void {
    this.endpoint.setActive(this, isActive);
  }

  /** How long the first attempt may still take until it has had `fair` ms. */
  owed(now: number, fair: number): number {
    return this.isAnswered ? 0 : Math.max(0, fair - (this.endpoint.runningFor(now) ?? 0));
  }

  close(): void {
    this.pulse.unsubscribe(this.endpoint, this);
  }
}
