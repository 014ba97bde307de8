import { grouped } from '../../ports/grouped';
import type { ScanProgress } from '../../scan/scan';

const CLEAR_LINE = '\r\u001b[2K';

/**
 * A line on a terminal that shows how far a scan is, also where nobody answers: how many ports were asked, how many gave
 * an answer, and how long it takes still. Nothing where there is no terminal.
 */
export class ProgressLine {
  readonly #stream = process.stderr;
  readonly #startedAt = performance.now();
  #isShown = false;

  show(progress: ScanProgress): void {
    if (!this.#stream.isTTY || progress.total === 0) return;
    const text = describeProgress(progress, performance.now() - this.#startedAt);
    this.#stream.write(`${CLEAR_LINE}${text.slice(0, (this.#stream.columns || 80) - 1)}`);
    this.#isShown = true;
  }

  /** Leaves no trace of it. */
  clear(): void {
    if (this.#isShown) this.#stream.write(CLEAR_LINE);
    this.#isShown = false;
  }
}

/** `12,400 asked, 0 answered, 48 s left`. */
export function describeProgress({ done, total, asked }: ScanProgress, elapsed: number): string {
  const words = [`${grouped(Math.min(asked, total))} asked`, `${grouped(done)} answered`];
  const left = timeLeft({ done, total, asked }, elapsed);
  return [...words, ...(left === undefined ? [] : [`${Math.ceil(left / 1000)} s left`])].join(', ');
}

/** Each silent port is asked twice: the share of silent ones so far tells how many questions are to come. */
function timeLeft({ done, total, asked }: ScanProgress, elapsed: number): number | undefined {
  if (asked === 0 || elapsed < 500) return undefined;
  const silent = Math.max(0, 1 - done / Math.min(asked, total));
  const expected = total * (1 + silent);
  return Math.max(0, (elapsed * (expected - asked)) / asked);
}
