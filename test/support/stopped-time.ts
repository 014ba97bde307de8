import type { Test } from 'tap';

export interface Timer {
  readonly at: number;
  readonly call: () => void;
  isRef: boolean;
  unref(): Timer;
}

/** Timers, and `performance.now()`, that run only when time is told to pass. For tests without other waits. */
export function stopTime(t: Test): { pass: (ms: number) => void; timers: Set<Timer> } {
  const timers = new Set<Timer>();
  let now = 0;
  const start = (call: (...words: unknown[]) => void, ms: number, ...words: unknown[]): Timer => {
    const timer: Timer = {
      at: now + ms,
      call: () => call(...words),
      isRef: true,
      unref: () => {
        timer.isRef = false;
        return timer;
      },
    };
    timers.add(timer);
    return timer;
  };
  // Replaced by hand: an intercepted property takes a stack trace at each use.
  const { setTimeout, setImmediate, clearTimeout } = globalThis;
  t.teardown(() => {
    Object.assign(globalThis, { setTimeout, setImmediate, clearTimeout });
    Reflect.deleteProperty(performance, 'now');
  });
  Object.assign(globalThis, {
    // As Node has it, no timer rings before a ms has passed.
    setTimeout: (call: () => void, ms: number, ...words: unknown[]) => start(call, Math.max(ms, 1), ...words),
    setImmediate: (call: () => void, ...words: unknown[]) => start(call, 0, ...words),
    clearTimeout: (timer: Timer) => timers.delete(timer),
  });
  Object.defineProperty(performance, 'now', { value: () => now, configurable: true });
  const pass = (ms: number) => {
    const end = now + ms;
    for (;;) {
      let next: Timer | undefined;
      for (const timer of timers) if (timer.at <= end && timer.at < (next?.at ?? Infinity)) next = timer;
      if (next === undefined) break;
      timers.delete(next);
      now = Math.max(now, next.at);
      next.call();
    }
    now = end;
  };
  return { pass, timers };
}
