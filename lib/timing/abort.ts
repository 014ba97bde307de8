const listeners = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `listener` when `signal` is aborted. All waits on one signal share one event listener, so that a thousand of
 * them do not look like a leak. Returns what ends the call.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const known = listeners.get(signal);
  const all = known ?? new Set();
  if (known === undefined) {
    listeners.set(signal, all);
    signal.addEventListener('abort', ringAll, { once: true });
  }
  all.add(listener);
  return () => {
    all.delete(listener);
    if (all.size > 0 || listeners.get(signal) !== all) return;
    listeners.delete(signal);
    signal.removeEventListener('abort', ringAll);
  };
}

/** What `work` resolves to, unless `signal` is aborted before: then `onAborted` is called, and its reason thrown. */
export function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  onAborted: () => void = () => {},
): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = () => {
      onAborted();
      reject(signal.reason);
    };
    // A signal that was aborted before, as between two steps of a caller, rings no more.
    if (signal.aborted) abort();
    const stopListening = onAbort(signal, abort);
    work.finally(stopListening).then(resolve, reject);
  });
}

function ringAll(this: AbortSignal): void {
  const all = listeners.get(this) ?? [];
  listeners.delete(this);
  for (const listener of [...all]) listener();
}
