import type { BigIntStats } from 'node:fs';

/**
 * Judges whether a file that somebody may be writing holds still, where the kernel does not say. Python truncates its
 * file and writes it anew. On ext4 the truncated file has size 0 for a moment while its times are still the old ones.
 * A clock may jump, so the time that we have seen the file unchanged counts too.
 */
export class Watch {
  #seen = '';
  #since = 0n;

  /**
   * Whether `content`, which was read between two looks at the file, is whole. A file that was renamed into place is,
   * and shows by a change time later than that of its content. An empty file, or one that ends in the middle of a line,
   * is believed after two seconds only.
   */
  isSettled(before: BigIntStats, after: BigIntStats, content: Buffer): boolean {
    const looks = describe(after);
    const now = process.hrtime.bigint();
    if (looks !== this.#seen) {
      this.#seen = looks;
      this.#since = now;
    }
    if (describe(before) !== looks || BigInt(content.length) !== after.size) return false;
    if (content.length > 0 && after.mtimeNs !== after.ctimeNs) return true;
    const observed = Number((now - this.#since) / 1_000_000n);
    const age = Date.now() - Number(after.mtimeNs / 1_000_000n);
    if (content.at(-1) !== LINE_FEED)
      return observed >= LONG_REST || (age >= LONG_REST && observed >= GLANCE);
    return age >= SHORT_REST || observed >= SHORT_REST;
  }
}

const LINE_FEED = 0x0a;

/** Milliseconds that copying the bytes of so small a file takes at most, other processes' turns included. */
const SHORT_REST = 10;

/** Milliseconds between two writes of one writer, at most. */
const LONG_REST = 2000;

/** Milliseconds within which a call that has truncated a file sets its times. */
const GLANCE = 100;

function describe({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}
