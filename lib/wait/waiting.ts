import { onAbort } from '../timing/abort';
import { startTimer } from '../timing/long-timer';
import { PortTimeoutError, ProcessEndedError } from './errors';
import type { WaitPlan } from './options';
import { Pulse } from './pulse';
import type { WaitTarget } from './target';
import { TargetWait } from './target-wait';
import { watchProcess } from './watch-process';

const pulse = new Pulse();

/** Waits until each target was found in the plan's state, and no longer than the plan says. */
export function waitForAll(targets: readonly WaitTarget[], plan: WaitPlan): Promise<void> {
  return new Promise((resolve, reject) => {
    const { signal, timeout } = plan;
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const pending = new Set<TargetWait>();

    const end = (settle: () => void) => {
      stopTimer();
      stopListening?.();
      stopWatching?.();
      for (const wait of pending) wait.close();
      pending.clear();
      settle();
    };
    const fail = (error: unknown) => end(() => reject(error));
    const onDone = (wait: TargetWait) => {
      wait.close();
      pending.delete(wait);
      if (pending.size === 0) end(resolve);
    };

    /** The time is up: each target still gets its first try, however short the time was. */
    const judge = () => {
      const now = performance.now();
      for (const wait of [...pending]) if (wait.isQuiet) onDone(wait);
      if (pending.size === 0) return;
      const owed = Math.max(0, ...[...pending].map((wait) => wait.owed(now)));
      if (owed > 0) stopTimer = startTimer(Math.min(owed, RECHECK), expire);
      else fail(timeoutError(plan, pending, targets.length));
    };
    // Answers that came in while the event loop was busy are heard before the judgement.
    const expire = () => void setImmediate(judge);

    let stopTimer = startTimer(timeout, expire);
    const stopWatching =
      plan.process === undefined
        ? undefined
        : watchProcess(plan.process, (end) => {
            const waits = [...pending];
            const replies = waits.map((wait) => wait.reply);
            fail(
              new ProcessEndedError(
                plan.state,
                end,
                waits.map(({ target }) => target),
                targets.length,
                replies,
              ),
            );
          });
    const stopListening = signal && onAbort(signal, () => fail(signal.reason));
    try {
      for (const target of targets)
        pending.add(new TargetWait(target, plan, pulse, { onDone, onFault: fail }));
    } catch (error) {
      // A host that cannot be waited for, as a link-local address without its interface.
      fail(error);
      return;
    }
    if (pending.size === 0) end(resolve);
  });
}

/** While first tries are owed after the end of the time, how often to look whether they are made, ms: it is a
 * matter of some tens of them. */
const RECHECK = 5;

function timeoutError(plan: WaitPlan, pending: Set<TargetWait>, total: number): PortTimeoutError {
  const waits = [...pending];
  const trouble = waits.find((wait) => wait.trouble !== undefined)?.trouble;
  const targets = waits.map((wait) => wait.target);
  const replies = waits.map((wait) => wait.trouble?.message ?? wait.reply);
  return new PortTimeoutError(plan.state, targets, total, { replies, cause: trouble });
}
