import { LockWait } from './lock-wait';
import { type Decide, tryUpdate } from './locked-file';
import { Watch } from './watch';

export { makeFolders } from './make-folders';

/**
 * Changes a file as {@link tryUpdate} does, after waiting for whoever is in the way, at most `timeout` ms; then throws
 * a `ConfigLockedError`. The event loop goes on during the wait.
 */
export async function updateFile<T>(path: string, timeout: number, decide: Decide<T>): Promise<T> {
  const wait = new LockWait(path, timeout);
  const watch = new Watch();
  for (;;) {
    const decision = tryUpdate(path, decide, watch);
    if (typeof decision !== 'string') return decision.result;
    await wait.pause(decision);
  }
}

/** {@link updateFile}, at once: the thread sleeps during the wait. */
export function updateFileSync<T>(path: string, timeout: number, decide: Decide<T>): T {
  const wait = new LockWait(path, timeout);
  const watch = new Watch();
  for (;;) {
    const decision = tryUpdate(path, decide, watch);
    if (typeof decision !== 'string') return decision.result;
    wait.pauseSync(decision);
  }
}
