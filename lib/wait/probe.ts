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

  /** Whether the last attempt got no answer, which may mean a lost packet. */
  get isSilent(): boolean {
    return this.silences > 0;
  }

  /** Whether the address has been silent for long enough, or nobody here listens who could have answered. */
  get isMute(): boolean {
    return this.silences >= CONVINCING || (this.isSilent && this.endpoint.isListenedOn === false);
  }

  onAnswer(answer: Answer): void {
    this.isAnswered = true;
    this.silences = answer.isSilence ? this.silences + 1 : 0;
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
