import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { hasCode } from './access-error';

/**
 * Puts `content` in the place of the file at `path`, which is open as `fd`, in one step: a reader or a crash meets the
 * old file or the new one. Owner and mode stay. Returns false, with all as before, where the system allows no such
 * replacement: no file can be made beside it or renamed over it (a folder that is not ours, a bind mount), a new file
 * cannot be given its owner, or it has further hard links, which would keep the old content.
 */
export function replaceFile(path: string, fd: number, content: Buffer): boolean {
  const original = fstatSync(fd);
  if (original.nlink > 1) return false;
  const folder = dirname(path);
  const temporary = join(folder, temporaryName());
  try {
    writeLike(original, temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    if (!hasCode(error, ['EEXIST'])) removeIfThere(temporary);
    if (hasCode(error, REFUSALS)) return false;
    throw error;
  }
  flushFolder(folder);
  return true;
}

/** EBUSY and EXDEV: `path` is a mount point; EINVAL: an owner that this user namespace does not know. */
const REFUSALS = ['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EXDEV', 'EINVAL'];

function writeLike(original: Stats, path: string, content: Buffer): void {
  const fd = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(fd, content);
    const { uid, gid } = fstatSync(fd);
    if (uid !== original.uid || gid !== original.gid) fchownSync(fd, original.uid, original.gid);
    fchmodSync(fd, original.mode & 0o7777);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The rename itself is on the disk only once its folder is; not every system lets a folder be opened or flushed. */
function flushFolder(folder: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(folder, 'r');
    fsyncSync(fd);
  } catch (error) {
    if (!hasCode(error, ['EACCES', 'EPERM', 'EISDIR', 'EINVAL', 'EBADF', 'ENOTSUP'])) throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!hasCode(error, ['ENOENT', ...REFUSALS])) throw error;
  }
}

/**
 * A name that nobody foresees and that is no other writer's. It guards nothing, because an existing file is never
 * opened, so the generator at hand will do: loading `node:crypto` takes longer than the whole write.
 */
function temporaryName(): string {
  const digits = () => Math.random().toString(36).slice(2, 12);
  return `.port-for-${digits()}${digits()}.tmp`;
}
