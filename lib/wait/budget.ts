/** A number of things that may be done a second, some of them at once after a quiet time: a token bucket. */
export class Budget {
  private left: number;
  private countedAt = 0;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.left = burst;
  }

  /** Whether one more may be done at `now`, ms; if so it counts as done. */
  take(now: number): boolean {
    this.left = Math.min(this.burst, this.left + ((now - this.countedAt) / 1000) * this.perSecond);
    this.countedAt = now;
    if (this.left < 1) return false;
    this.left--;
    return true;
  }

  /** When the next one may be done, after a `take` in vain. */
  get nextAt(): number {
    return this.countedAt + ((1 - this.left) / this.perSecond) * 1000;
  }
}
