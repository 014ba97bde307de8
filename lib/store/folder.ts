import {
  type BigIntStats,
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { hasCode } from './access-error';
import { openRegular } from './config-file';

/** The folder of a config file: what is done beside the file and to its place. */
export class Folder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Opens a regular file; a symbolic link in its place is not followed. */
  open(name: string, flags: number, mode?: number): number {
    return openRegular(join(this.path, name), flags | (constants.O_NOFOLLOW ?? 0), mode);
  }

  /** Opens the file; undefined where there is none. */
  openIfThere(name: string, flags: number): number | undefined {
    try {
      return this.open(name, flags);
    } catch (error) {
      if (hasCode(error, ['ENOENT'])) return undefined;
      throw error;
    }
  }

  /** Makes the file and opens it; undefined where there is something of that name. */
  create(name: string, mode: number): number | undefined {
    try {
      return this.open(name, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, mode);
    } catch (error) {
      if (hasCode(error, ['EEXIST'])) return undefined;
      throw error;
    }
  }

  /** What is there by that name, a symbolic link itself; undefined where nothing is. */
  stat(name: string): BigIntStats | undefined {
    return lstatSync(join(this.path, name), { bigint: true, throwIfNoEntry: false });
  }

  /** Whether the file with these particulars is the one of that name. */
  has(name: string, { ino, dev }: BigIntStats): boolean {
    const there = this.stat(name);
    return there !== undefined && there.ino === ino && there.dev === dev;
  }

  rename(from: string, to: string): void {
    renameSync(join(this.path, from), join(this.path, to));
  }

  /** Gives a file a second name; false where something has that name. */
  link(from: string, to: string): boolean {
    try {
      linkSync(join(this.path, from), join(this.path, to));
      return true;
    } catch (error) {
      if (hasCode(error, ['EEXIST'])) return false;
      throw error;
    }
  }

  /** Whether there was such a file. */
  remove(name: string): boolean {
    try {
      unlinkSync(join(this.path, name));
      return true;
    } catch (error) {
      if (hasCode(error, ['ENOENT'])) return false;
      throw error;
    }
  }

  /** Brings new names to the disk. Not every system lets a folder be opened or flushed. */
  flush(): void {
    let fd: number | undefined;
    try {
      fd = openSync(this.path, 'r');
      fsyncSync(fd);
    } catch (error) {
      if (!hasCode(error, ['EACCES', 'EPERM', 'EISDIR', 'EINVAL', 'EBADF', 'ENOTSUP'])) throw error;
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }
}
