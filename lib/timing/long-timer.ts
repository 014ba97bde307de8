import { now } from './clock';

/** The longest delay, in ms, that a Node timer takes: some 25 days. A longer one would fire at once. */
export const LONGEST_DELAY = 2 ** 31 - 1;

/** A timer for any delay in milliseconds, `Infinity` for never. Returns what stops it. */
export function startTimer(delay: number, ring: () => void): () => void {
  if (delay === Infinity) return () => {};
  const end = now() + delay;
  let timer: NodeJS.Timeout;
  const sleep = () => {
    const left = end - now();
    timer = left > LONGEST_DELAY ? setTimeout(sleep, LONGEST_DELAY) : setTimeout(ring, Math.max(left, 0));
  };
  sleep();
  return () => clearTimeout(timer);
}
