import { sleepSync } from '../timing/sleep';
import { ConfigLockedError } from './errors';

const LONGEST_PAUSE = 50;

/**
 * How a writer queues for the lock: by asking again after pauses that grow from 1 to 50 ms, in part random so that
 * writers that met once do not meet again. Nothing blocks in the kernel: no thread of the pool is held, and threads
 * of one process cannot wait for each other in a circle.
 */
export class LockWait {
  readonly #path: string;
  readonly #timeout: number;
  readonly #deadline: number;
  #longest = 1;

  /** @param timeout how long to wait in all, in ms */
  constructor(path: string, timeout: number) {
    this.#path = path;
    this.#timeout = timeout;
    this.#deadline = performance.now() + timeout;
  }

  async pause(): Promise<void> {
    const time = this.#nextPause();
    await new Promise((resolve) => setTimeout(resolve, time));
  }

  pauseSync(): void {
    sleepSync(this.#nextPause());
  }

  /** In ms; throws a {@link ConfigLockedError} when the time is up. */
  #nextPause(): number {
    const left = this.#deadline - performance.now();
    if (left <= 0) throw new ConfigLockedError(this.#path, this.#timeout);
    const pause = this.#longest * (0.5 + Math.random() / 2);
    this.#longest = Math.min(this.#longest * 2, LONGEST_PAUSE);
    return Math.min(pause, left);
  }
}
