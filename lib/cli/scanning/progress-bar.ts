import type { ScanProgress } from '../../scan/scan';

const WIDTH = 40;
const CLEAR_LINE = '\r\u001b[2K';

/** A line on a terminal that shows how far a scan is; nothing where there is no terminal. */
export class ProgressBar {
  readonly #stream = process.stderr;
  #isShown = false;

  show({ done, total }: ScanProgress): void {
    if (!this.#stream.isTTY || total === 0) return;
    const filled = Math.round((done / total) * WIDTH);
    const bar = '#'.repeat(filled) + '.'.repeat(WIDTH - filled);
    this.#stream.write(`${CLEAR_LINE}[${bar}] ${Math.floor((done / total) * 100)} %`);
    this.#isShown = true;
  }

  /** Leaves no trace of it. */
  clear(): void {
    if (this.#isShown) this.#stream.write(CLEAR_LINE);
    this.#isShown = false;
  }
}
