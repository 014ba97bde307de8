import { onAbort } from '../abort';
import { awaitAddon, callAddon, type ScanBits, type ScanRequest } from '../native';

/** In milliseconds. */
const PROGRESS_INTERVAL = 100;

/**
 * Runs one step on the addon's threads; `report` hears some ten times a second how many ports were asked. The step
 * ends at once when the signal is aborted or `report` throws, and the promise rejects with the reason.
 */
export function runStep(
  request: ScanRequest,
  signal: AbortSignal | undefined,
  report: (done: number) => void,
): Promise<ScanBits | undefined> {
  signal?.throwIfAborted();
  const job = callAddon((addon) => addon.scan(request));
  return new Promise<ScanBits | undefined>((resolve, reject) => {
    const stop = (reason: unknown) => {
      job.cancel();
      finish();
      reject(reason);
    };
    const timer = setInterval(() => {
      try {
        report(job.done());
      } catch (error) {
        stop(error);
      }
    }, PROGRESS_INTERVAL);
    const stopListening = signal && onAbort(signal, () => stop(signal.reason));
    const finish = () => {
      clearInterval(timer);
      stopListening?.();
    };
    // What the caller's signal or callback says is passed on as it is: only the addon's errors are explained.
    awaitAddon(() => job.result)
      .finally(finish)
      .then(resolve, reject);
  });
}
