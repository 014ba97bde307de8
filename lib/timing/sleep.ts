/** Blocks the thread, its event loop too, for so many ms: for calls that answer at once and have to try again. */
export function sleepSync(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
