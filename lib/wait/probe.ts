import type { Answer } from './attempt';
import type { Endpoint, Subscriber } from './endpoint';
import type { Pulse } from './pulse';

/** One wait's view of one address of its target. */
export class Probe implements Subscriber {
  /** Whether the address has refused since any address of the target last accepted. */
  isCleared = false;
  private isAnswered = false;
  private readonly endpoint: Endpoint;

  constructor(
    readonly address: string,
    port: number,
    readonly attemptTimeout: number,
    private readonly pulse: Pulse,
    private readonly listener: (probe: Probe, answer: Answer) => void,
  ) {
    this.endpoint = pulse.subscribe(address, port, this);
  }

  onAnswer(answer: Answer): void {
    this.isAnswered = true;
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
