import { closeSync, constants, fstatSync, statSync, unlinkSync } from 'node:fs';
import { addon } from '../addon/addon';
import { PortSystemError } from '../errors/port-system-error';
import { hasCode } from './access-error';
import { openRegular, readWhole, resolveTarget } from './config-file';
import { ConfigAccessError } from './errors';
import { replaceFile } from './replace-file';
import { rewriteInPlace } from './rewrite-in-place';

/** What a writer decided on seeing the file: its result, and the new content where there is to be one. */
export interface Decision<T> {
  readonly result: T;
  readonly content?: Buffer;
}

/**
 * Reads, decides and writes in one go under the lock of the file, which is made where it is missing (mode 0644 less
 * the umask). Returns undefined at once while another process or thread has the lock; the lock is never held beyond
 * this call, and the kernel takes it from a process that dies. Throws what the kernel or `decide` throws; then, and
 * where nothing is to be written, the file is as it was, and a file that was not there is not there.
 */
export function tryUpdate<T>(
  path: string,
  decide: (content: Buffer) => Decision<T>,
): Decision<T> | undefined {
  const target = resolveTarget(path);
  const file = tryOpenLocked(target);
  if (file === undefined) return undefined;
  const { fd } = file;
  let isWritten = false;
  try {
    const before = readWhole(fd);
    const decision = decide(before);
    if (decision.content !== undefined) {
      if (!replaceFile(target, fd, decision.content)) rewriteInPlace(fd, before, decision.content);
      isWritten = true;
    }
    return decision;
  } finally {
    if (isWritten) closeSync(fd);
    else giveUp(target, file);
  }
}

interface OpenFile {
  readonly fd: number;
  /** Whether this call made the file. */
  readonly isNew: boolean;
}

function tryOpenLocked(path: string): OpenFile | undefined {
  for (;;) {
    const file = openOrCreate(path);
    if (file === undefined) return undefined;
    let isLocked: boolean;
    try {
      isLocked = tryLock(file.fd, path);
      if (isLocked && isStillAt(path, file.fd)) return file;
    } catch (error) {
      // Where the kernel refuses locks, nobody else has this one either.
      giveUp(path, file);
      throw error;
    }
    // Whoever has the lock has the file too, even if this call made it.
    closeSync(file.fd);
    if (!isLocked) return undefined;
  }
}

function tryLock(fd: number, path: string): boolean {
  try {
    return addon.tryLock(fd);
  } catch (error) {
    if (!(error instanceof PortSystemError)) throw error;
    throw new ConfigAccessError(path, error.systemCode, `cannot lock ${path}: ${error.message}`, {
      cause: error,
    });
  }
}

/** Undefined where somebody else makes the file at this moment, or a symbolic link in its place. */
function openOrCreate(path: string): OpenFile | undefined {
  try {
    return { fd: openRegular(path, constants.O_RDWR), isNew: false };
  } catch (error) {
    if (!hasCode(error, ['ENOENT'])) throw error;
  }
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
    return { fd: openRegular(path, flags, 0o644), isNew: true };
  } catch (error) {
    if (hasCode(error, ['EEXIST'])) return undefined;
    throw error;
  }
}

/** Whether the open file is the one at `path`: another writer may have replaced it before we had its lock. */
function isStillAt(path: string, fd: number): boolean {
  const open = fstatSync(fd, { bigint: true });
  const there = statSync(path, { bigint: true, throwIfNoEntry: false });
  return there !== undefined && there.ino === open.ino && there.dev === open.dev;
}

/** Closes a file to which nothing was written, and so lets the lock go; a file that was made for it goes first. */
function giveUp(path: string, { fd, isNew }: OpenFile): void {
  try {
    if (isNew && fstatSync(fd).size === 0 && isStillAt(path, fd)) unlinkSync(path);
  } finally {
    closeSync(fd);
  }
}
