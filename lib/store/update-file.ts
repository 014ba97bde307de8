import { LockWait } from './lock-wait';
import { type Decision, tryUpdate } from './locked-file';

/**
 * Changes a file as {@link tryUpdate} does, after waiting for its lock, at most `timeout` ms; then throws a
 * `ConfigLockedError`. The event loop goes on during the wait.
 */
export async function updateFile<T>(
  path: string,
  timeout: number,
  decide: (content: Buffer) => Decision<T>,
): Promise<T> {
  const wait = new LockWait(path, timeout);
  for (;;) {
    const decision = tryUpdate(path, decide);
    if (decision !== undefined) return decision.result;
    await wait.pause();
  }
}

/** {@link updateFile}, at once: the thread sleeps during the wait. */
export function updateFileSync<T>(
  path: string,
  timeout: number,
  decide: (content: Buffer) => Decision<T>,
): T {
  const wait = new LockWait(path, timeout);
  for (;;) {
    const decision = tryUpdate(path, decide);
    if (decision !== undefined) return decision.result;
    wait.pauseSync();
  }
}
