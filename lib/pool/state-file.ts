import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { addon } from '../addon/addon';
import { readToEnd } from '../store/config-file';
import { settle } from '../store/journal';
import { rewriteInPlace } from '../store/rewrite-in-place';
import { PoolStateError } from './errors';
import {
  type PoolState,
  parseLine,
  type ReleaseRecord,
  type ReservationRecord,
  type StateLine,
} from './state-line';

/** What each line begins with. */
const BEGINNINGS = ['{"reserve":', '{"release":'];

/** Whether a last line is one of ours that was not written whole. After a power failure it may consist of zero bytes. */
function isTorn(text: string): boolean {
  const isOurs = BEGINNINGS.some((beginning) => text.startsWith(beginning) || beginning.startsWith(text));
  return isOurs || /^\0+$/.test(text);
}

function flushFolder(folder: string): void {
  const fd = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** A file that holds less than this is never written anew, bytes. */
const SMALL = 1 << 16;

/**
 * What a pool has to remember beyond its process: a line of JSON for each change, appended. A line that a kill or a full
 * disk cut off is not believed. One pool has the file at a time, by a lock that ends with its process.
 */
export class StateFile {
  readonly path: string;
  #fd: number;
  #size: number;
  #sizeAtLeast = SMALL;
  #waiting: ((error: Error | null) => void)[] = [];
  #isFlushing = false;

  /** @throws PoolStateError. */
  constructor(path: string) {
    this.path = resolve(path);
    this.#fd = this.#open(this.path, constants.O_RDWR | constants.O_CREAT);
    this.#size = 0;
  }

  /**
   * Returns what the file tells. Finishes a rewrite that was interrupted, and cuts off a last line that is not whole. A file
   * that no pool wrote is left as it is.
   *
   * @throws PoolStateError for such a file.
   */
  read(): PoolState {
    const file = readToEnd(this.#fd);
    const bytes = settle(file);
    this.#size = bytes.lastIndexOf('\n') + 1;
    const state: PoolState = { reservations: new Map(), releases: [], lastId: 0 };
    const lines = bytes.toString('utf8', 0, this.#size).split('\n').slice(0, -1);
    for (const [index, text] of lines.entries()) this.#add(state, text, index + 1);
    if (bytes !== file) rewriteInPlace(this.#fd, file, bytes);
    if (this.#size < bytes.length) {
      if (!isTorn(bytes.toString('utf8', this.#size))) throw this.#isNoState(lines.length + 1);
      ftruncateSync(this.#fd, this.#size);
    }
    return state;
  }

  #add(state: PoolState, text: string, number: number): void {
    try {
      const line = parseLine(text);
      state.lastId = Math.max(state.lastId, 'reserve' in line ? line.reserve.id : line.release);
      if ('reserve' in line) {
        state.reservations.set(line.reserve.id, line.reserve);
      } else {
        state.reservations.delete(line.release);
        if (line.ports.length > 0) state.releases.push({ ports: line.ports, at: line.at });
      }
    } catch (cause) {
      throw this.#isNoState(number, { cause });
    }
  }

  #isNoState(line: number, options?: ErrorOptions): PoolStateError {
    const what = `is no state of a pool: line ${line} cannot be read: name another file, or remove this one`;
    return new PoolStateError(this.path, what, options);
  }

  /** Appends a change. {@link flush} makes it last. */
  append(line: StateLine): void {
    const text = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      if (writeSync(this.#fd, text, 0, text.length, this.#size) !== text.length) {
        throw new PoolStateError(this.path, 'cannot be written whole: is the disk full?');
      }
      this.#size += text.length;
    } catch (error) {
      ftruncateSync(this.#fd, this.#size);
      throw error instanceof PoolStateError ? error : this.#explain('cannot be written', error);
    }
  }

  /** Resolves when all that was appended is on the disk. Those who ask meanwhile share the next flush. */
  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push((error) =>
        error === null ? resolve() : reject(this.#explain('cannot be flushed', error)),
      );
      this.#flushNext();
    });
  }

  #flushNext(): void {
    if (this.#isFlushing || this.#waiting.length === 0) return;
    const settled = this.#waiting;
    this.#waiting = [];
    this.#isFlushing = true;
    fdatasync(this.#fd, (error) => {
      this.#isFlushing = false;
      for (const settle of settled) settle(error);
      this.#flushNext();
    });
  }

  /**
   * Writes the file anew where most of its lines tell of what is over, but for `lastId`, the highest number that a
   * reservation ever had. Windows replaces no file that is open.
   */
  shorten(
    reservations: Iterable<ReservationRecord>,
    releases: readonly ReleaseRecord[],
    lastId: number,
  ): void {
    if (this.#size < this.#sizeAtLeast || this.#isFlushing) return;
    // The release of the last one, which may be among the reservations, comes before them.
    const lines: StateLine[] = [{ release: lastId, ports: [], at: 0 }];
    lines.push(...[...reservations].map((reserve) => ({ reserve })));
    lines.push(...releases.map((release) => ({ release: 0, ...release })));
    const content = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    this.#sizeAtLeast = Math.max(SMALL, 4 * content.length);
    if (this.#size < 2 * content.length) return;
    const isDone = process.platform === 'win32' ? this.#rewrite(content) : this.#replace(content);
    if (!isDone) this.#sizeAtLeast = 2 * this.#size;
  }

  /** Rewrites this file in place, so that no kill can tear it; false where that cannot be done, as on a full disk. */
  #rewrite(content: string): boolean {
    try {
      rewriteInPlace(this.#fd, readToEnd(this.#fd), Buffer.from(content));
    } catch {
      return false;
    }
    this.#size = Buffer.byteLength(content);
    return true;
  }

  /** Puts another file in the place of this one; false where that cannot be had, as on a full disk. */
  #replace(content: string): boolean {
    const fd = this.#replacement(content);
    if (fd === undefined) return false;
    closeSync(this.#fd);
    this.#fd = fd;
    this.#size = Buffer.byteLength(content);
    try {
      flushFolder(dirname(this.path));
    } catch (error) {
      throw this.#explain('cannot be flushed', error);
    }
    return true;
  }

  #replacement(content: string): number | undefined {
    const path = `${this.path}.new`;
    let fd: number | undefined;
    try {
      fd = this.#open(path, constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC);
      writeFileSync(fd, content);
      fsyncSync(fd);
      renameSync(path, this.path);
      return fd;
    } catch {
      if (fd === undefined) return undefined;
      rmSync(path, { force: true });
      closeSync(fd);
      return undefined;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** The file, locked. Whoever had it before may have put another in its place meanwhile. */
  #open(path: string, flags: number): number {
    for (;;) {
      let fd: number;
      try {
        fd = openSync(path, flags, 0o600);
      } catch (error) {
        throw this.#explain('cannot be opened', error);
      }
      if (!addon.tryLock(fd)) {
        closeSync(fd);
        throw new PoolStateError(this.path, 'is in use by another pool: give each pool a file of its own');
      }
      if (statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino) return fd;
      closeSync(fd);
    }
  }

  #explain(what: string, cause: unknown): PoolStateError {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new PoolStateError(this.path, `${what}: ${why}`, { cause });
  }
}
