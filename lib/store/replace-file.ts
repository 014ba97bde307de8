import { type BigIntStats, fchmodSync, fchownSync, fstatSync, fsyncSync, writeFileSync } from 'node:fs';
import { now } from '../timing/clock';
import { sleepSync } from '../timing/sleep';
import { hasCode } from './access-error';
import { closeFile, type Folder } from './folder';
import { besideName } from './gate';

/** What became of a replacement: `'refused'` and `'late'` left all as it was. */
export type Replacement = 'done' | 'refused' | 'late';

/**
 * Puts `content` in the place of file `name`, whose owner and mode stay, in one step: a reader or a crash meets the old
 * file or the new one. The caller has the gate of the file. It is refused where the system allows no such replacement:
 * no file can be made beside it or renamed over it (a folder that is not ours, a bind mount), or a new file cannot be
 * given its owner. It is late where the file is, at the last moment, no longer `isUnchanged`.
 */
export function replaceFile(
  folder: Folder,
  name: string,
  original: BigIntStats,
  content: Buffer,
  isUnchanged: () => boolean,
): Replacement {
  // Its other names would keep the old content.
  if (original.nlink > 1n) return 'refused';
  const fresh = besideName(name, 'new');
  try {
    writeNew(folder, fresh, 0o600, content, original);
    if (!renameOver(folder, fresh, name, isUnchanged)) {
      folder.remove(fresh);
      return 'late';
    }
  } catch (error) {
    removeQuietly(folder, fresh);
    if (hasCode(error, REFUSALS)) return 'refused';
    throw error;
  }
  folder.flush();
  return 'done';
}

/**
 * Makes file `name` with `content`, as the umask allows; in a folder of another user root makes it that user's. Returns
 * false, with all as before, where there is one.
 */
export function makeFile(folder: Folder, name: string, content: Buffer): boolean {
  const fresh = besideName(name, 'new');
  try {
    writeNew(folder, fresh, 0o644, content, folder.heir());
    if (!putInFreePlace(folder, fresh, name)) return false;
  } finally {
    removeQuietly(folder, fresh);
  }
  folder.flush();
  return true;
}

/** In milliseconds; a reader has the file open for much less. */
const LONGEST_RENAME = 500;

/**
 * False, with nothing renamed, where the file is no longer unchanged. Windows renames over no file that is open, if only
 * for reading: while a reader has it, a writer may come too, so each try begins with a look at the file.
 */
function renameOver(folder: Folder, from: string, to: string, isUnchanged: () => boolean): boolean {
  const end = now() + LONGEST_RENAME;
  while (isUnchanged()) {
    try {
      folder.rename(from, to);
      return true;
    } catch (error) {
      if (process.platform !== 'win32' || !hasCode(error, IN_USE) || now() > end) throw error;
    }
    sleepSync(1 + Math.random());
  }
  return false;
}

/** What Windows says of a file that somebody has open. */
const IN_USE = ['EPERM', 'EACCES', 'EBUSY'];

/** EBUSY and EXDEV: it is a mount point; EINVAL: an owner that this user namespace does not know. */
const REFUSALS = ['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EXDEV', 'EINVAL'];

function writeNew(folder: Folder, name: string, mode: number, content: Buffer, like?: Like): void {
  const fd = folder.create(name, mode);
  if (fd === undefined)
    throw Object.assign(new Error(`${name} is in the way`), { code: 'EEXIST', syscall: 'open' });
  try {
    writeFileSync(fd, content);
    if (like !== undefined) makeLike(fd, like);
    fsyncSync(fd);
  } finally {
    closeFile(fd);
  }
}

/** Whose a new file shall be, and its mode where that is not the umask's. */
type Like = Pick<BigIntStats, 'uid' | 'gid'> & { readonly mode?: bigint };

function makeLike(fd: number, { uid, gid, mode }: Like): void {
  const own = fstatSync(fd, { bigint: true });
  if (own.uid !== uid || own.gid !== gid) fchownSync(fd, Number(uid), Number(gid));
  if (mode !== undefined) fchmodSync(fd, Number(mode) & 0o7777);
}

function putInFreePlace(folder: Folder, from: string, to: string): boolean {
  try {
    return folder.link(from, to);
  } catch (error) {
    if (!hasCode(error, ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL', 'EMLINK'])) throw error;
  }
  // No hard links here.
  if (folder.stat(to) !== undefined) return false;
  folder.rename(from, to);
  return true;
}

function removeQuietly(folder: Folder, name: string): void {
  try {
    folder.remove(name);
  } catch (error) {
    if (!hasCode(error, REFUSALS)) throw error;
  }
}
