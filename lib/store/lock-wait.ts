import { sleepSync } from '../timing/sleep';
import { ConfigLockedError, type Obstacle } from './errors';

const LONGEST_PAUSE = 50;

/**
 * How a call waits until nothing is in its way: by trying again after pauses that grow from 1 to 50 ms, in part random
 * so that writers that met once do not meet again. Nothing blocks in the kernel: no thread of the pool is held, and
 * threads of one process cannot wait for each other in a circle.
 */
export class LockWait {
  readonly #path: string;
  readonly #timeout: number;
  #begin: bigint | undefined;
  #longest = 1;

  /** @param timeout how long to wait in all, in ms */
  constructor(path: string, timeout: number) {
    this.#path = path;
    this.#timeout = timeout;
  }

  async pause(obstacle: Obstacle): Promise<void> {
    const time = this.#nextPause(obstacle);
    await new Promise((resolve) => setTimeout(resolve, time));
  }

  pauseSync(obstacle: Obstacle): void {
    sleepSync(this.#nextPause(obstacle));
  }

  /** In ms; throws a {@link ConfigLockedError} when the time is up. */
  #nextPause(obstacle: Obstacle): number {
    const now = process.hrtime.bigint();
    this.#begin ??= now;
    const left = this.#timeout - Number(now - this.#begin) / 1e6;
    if (left <= 0) throw new ConfigLockedError(this.#path, this.#timeout, obstacle);
    const pause = this.#longest * (0.5 + Math.random() / 2);
    this.#longest = Math.min(this.#longest * 2, LONGEST_PAUSE);
    return Math.min(pause, left);
  }
}
