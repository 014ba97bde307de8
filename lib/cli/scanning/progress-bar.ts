import type { ScanProgress } from '../../scan/scan';

const MOST_WIDTH = 40;
/** `[] 100 %`, and the last column, where some terminals wrap. */
const WIDTH_BESIDE = 9;
const CLEAR_LINE = '\r\u001b[2K';

/** A line on a terminal that shows how far a scan is; nothing where there is no terminal. */
export class ProgressBar {
  readonly #stream = process.stderr;
  #isShown = false;

  show({ done, total }: ScanProgress): void {
    if (!this.#stream.isTTY || total === 0) return;
    const width = Math.max(0, Math.min(MOST_WIDTH, (this.#stream.columns || 80) - WIDTH_BESIDE));
    const filled = Math.round((done / total) * width);
    const bar = '#'.repeat(filled) + '.'.repeat(width - filled);
    this.#stream.write(`${CLEAR_LINE}[${bar}] ${Math.floor((done / total) * 100)} %`);
    this.#isShown = true;
  }

  /** Leaves no trace of it. */
  clear(): void {
    if (this.#isShown) this.#stream.write(CLEAR_LINE);
    this.#isShown = false;
  }
}
