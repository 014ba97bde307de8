import type { WriteStream } from 'node:tty';
import type { WaitAttempt } from '../../wait/options';

/** A wait that lasts so long, ms, has a live line on a terminal. */
const LONG = 1000;

const REFRESH = 200;

const CLEAR_LINE = '\r\x1b[2K';

/**
 * Tells on standard error what a wait tries: a line for each answer that differs from the last one of its address,
 * and on a terminal a last line that shows how long it has lasted.
 */
export class Narrator {
  private readonly answers = new Map<string, string>();
  private readonly startedAt = performance.now();
  private readonly ticking: NodeJS.Timeout | undefined;
  private tries = 0;
  private last = '';

  constructor(private readonly stream: WriteStream | NodeJS.WriteStream) {
    if (stream.isTTY) this.ticking = setInterval(() => this.showProgress(), REFRESH).unref();
  }

  hear({ target, address, accepted, reason }: WaitAttempt): void {
    this.tries++;
    const place = address === undefined ? `${target}` : `${target} at ${address}`;
    const answer = accepted ? 'accepted' : reason;
    this.last = `${place}: ${answer}`;
    if (this.answers.get(place) === answer) return;
    this.answers.set(place, answer);
    this.write(`portend: ${this.last}\n`);
  }

  /** Ends the narration: `outcome` is what came of the wait. */
  end(outcome: string): void {
    clearInterval(this.ticking);
    this.write(`portend: ${outcome} after ${this.waited()}, ${this.tries} tries\n`);
  }

  /** Leaves no half line on a terminal. */
  clear(): void {
    if (this.stream.isTTY) this.stream.write(CLEAR_LINE);
  }

  private write(line: string): void {
    this.clear();
    this.stream.write(line);
  }

  private showProgress(): void {
    if (performance.now() - this.startedAt < LONG) return;
    const line = `waiting for ${this.waited()}, ${this.tries} tries, last ${this.last}`;
    this.stream.write(`${CLEAR_LINE}${line.slice(0, (this.stream.columns || 80) - 1)}`);
  }

  private waited(): string {
    return `${((performance.now() - this.startedAt) / 1000).toFixed(1)} s`;
  }
}
