import { addon } from '../addon/addon';
import type { ScanBits, ScanRequest } from '../addon/contract';
import { onAbort } from '../timing/abort';

/** In milliseconds. */
const PROGRESS_INTERVAL = 100;

/**
 * Runs one step on the addon's threads; `report` hears some ten times a second how many ports were asked. The step
 * ends at once when the signal is aborted or `report` throws, and the promise rejects with the reason; with
 * `keepPartial` it resolves after an abort with what was found.
 */
export function runStep(
  request: ScanRequest,
  signal: AbortSignal | undefined,
  report: (done: number, asked: number) => void,
  keepPartial = false,
): Promise<ScanBits | undefined> {
  signal?.throwIfAborted();
  const job = addon.scan(request);
  return new Promise<ScanBits | undefined>((resolve, reject) => {
    const stop = (reason: unknown) => {
      job.cancel();
      finish();
      reject(reason);
    };
    const timer = setInterval(() => {
      try {
        report(job.done(), job.ended());
      } catch (error) {
        stop(error);
      }
    }, PROGRESS_INTERVAL);
    const stopListening = signal && onAbort(signal, () => (keepPartial ? job.cancel() : stop(signal.reason)));
    const finish = () => {
      clearInterval(timer);
      stopListening?.();
    };
    job.result.finally(finish).then(resolve, reject);
  });
}
