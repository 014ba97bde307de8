import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { sleepSync } from '../timing/sleep';
import { hasCode } from './access-error';

/**
 * The bytes of the file at `path`; none where there is no file yet, as long as its folder is there. Takes no lock: a
 * file that is replaced is seen old or new, one that is rewritten in place is read again until it holds still.
 */
export function readFileUnlocked(path: string): Buffer {
  let fd: number;
  try {
    fd = openRegular(path, constants.O_RDONLY);
  } catch (error) {
    if (!hasCode(error, ['ENOENT'])) throw error;
    resolveTarget(path);
    return Buffer.alloc(0);
  }
  try {
    return readWhole(fd);
  } finally {
    closeSync(fd);
  }
}

/** Opens a file that must be no folder, pipe or device; never waits for the other end of a pipe. */
export function openRegular(path: string, flags: number, mode?: number): number {
  const fd = openSync(path, flags | (constants.O_NONBLOCK ?? 0), mode);
  const stat = fstatSync(fd);
  if (stat.isFile()) return fd;
  closeSync(fd);
  const code = stat.isDirectory() ? 'EISDIR' : 'EINVAL';
  throw Object.assign(new Error('it is not a regular file'), { code, syscall: 'open', path });
}

/** All bytes of an open file, read again while they change or may be half written. */
export function readWhole(fd: number): Buffer {
  for (let attempt = 1; ; attempt++) {
    const before = fstatSync(fd, { bigint: true });
    const content = readToEnd(fd, Number(before.size));
    const after = fstatSync(fd, { bigint: true });
    const isStill = before.mtimeNs === after.mtimeNs && content.length === Number(after.size);
    if ((isStill && !mayBeUnderWay(after)) || attempt === MOST_ATTEMPTS) return content;
    sleepSync(PAUSE);
  }
}

/**
 * Whether a write may be copying its bytes right now. It sets both times when it begins; that a file was renamed into
 * place afterwards, as ours are where that can be, shows by a later change time.
 */
function mayBeUnderWay({ mtimeNs, ctimeNs }: BigIntStats): boolean {
  return mtimeNs === ctimeNs && Date.now() - Number(mtimeNs / 1_000_000n) < LONGEST_COPY;
}

const MOST_ATTEMPTS = 100;

/** Milliseconds between two attempts. */
const PAUSE = 1;

/** Milliseconds that a write of so small a file takes at most, other processes' turns included. */
const LONGEST_COPY = 10;

function readToEnd(fd: number, expectedSize: number): Buffer {
  let buffer = Buffer.allocUnsafe(expectedSize + 1);
  let length = 0;
  for (;;) {
    const count = readSync(fd, buffer, length, buffer.length - length, length);
    if (count === 0) return buffer.subarray(0, length);
    length += count;
    if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(length)]);
  }
}

/** The path of the file itself, behind all symbolic links, whether the file is there yet or not. */
export function resolveTarget(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if (!hasCode(error, ['ENOENT'])) throw error;
  }
  const folder = realpathSync.native(dirname(path));
  const place = join(folder, basename(path));
  let target: string;
  try {
    target = readlinkSync(place);
  } catch (error) {
    if (hasCode(error, ['ENOENT', 'EINVAL'])) return place;
    throw error;
  }
  return resolveTarget(resolve(folder, target));
}
