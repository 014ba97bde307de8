import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { addon } from '../addon/addon';
import type { FileFacts } from '../addon/contract';
import { PortSystemError } from '../errors/port-system-error';
import { now } from '../timing/clock';
import { sleepSync } from '../timing/sleep';
import { hasCode } from './access-error';
import { checkRegular } from './config-file';
import { isOurs } from './resolve-target';

interface Owner {
  readonly uid: bigint;
  readonly gid: bigint;
}

/** In milliseconds; a reader has the file open for much less. */
const LONGEST_RENAME = 500;

/** Windows renames over no file that is open, if only for reading, as by a reader that came right now. */
function renamePatiently(from: string, to: string): void {
  const end = now() + LONGEST_RENAME;
  for (;;) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      if (!hasCode(error, ['EPERM', 'EACCES', 'EBUSY']) || now() > end) throw error;
    }
    sleepSync(1 + Math.random());
  }
}

/** Closes a descriptor that a {@link Folder} opened, by whom it was opened. */
export function closeFile(fd: number): void {
  if (process.platform === 'win32') closeSync(fd);
  else addon.closeDescriptor(fd);
}

/**
 * The folder of a config file, opened once: whatever is done in it by name stays in it, though others move it or put
 * links in its place. On Windows it is a mere path.
 */
export class Folder {
  readonly path: string;
  readonly #fd: number | undefined;

  /** @param path without symbolic links in it */
  constructor(path: string) {
    this.path = path;
    this.#fd = process.platform === 'win32' ? undefined : asNode(path, () => addon.openFolder(path));
  }

  close(): void {
    if (this.#fd !== undefined) closeFile(this.#fd);
  }

  /** Whom the files shall belong to that root makes here: the owner of the folder, where that is somebody else. */
  heir(): Owner | undefined {
    if (this.#fd === undefined || process.geteuid?.() !== 0) return undefined;
    const { uid, gid } = fstatSync(this.#fd, { bigint: true });
    return uid === 0n ? undefined : { uid, gid };
  }

  /** Whether root alone decides what stands here by which name. Asked by root. */
  isOurs(): boolean {
    return this.#fd === undefined || isOurs(fstatSync(this.#fd, { bigint: true }));
  }

  /** Opens a regular file, undefined where there is none; a symbolic link in its place is not followed. */
  #open(name: string, flags: number, mode = 0): number | undefined {
    const path = join(this.path, name);
    const folder = this.#fd;
    const fd =
      folder === undefined
        ? openSync(path, flags, mode)
        : asNode(path, () => addon.openInFolder(folder, name, flags, mode));
    return fd === undefined ? undefined : checkRegular(fd, path, closeFile);
  }

  /** Opens the file; undefined where there is none. */
  openIfThere(name: string, flags: number): number | undefined {
    return unless('ENOENT', () => this.#open(name, flags));
  }

  /** Makes the file and opens it; undefined where there is something of that name. */
  create(name: string, mode: number): number | undefined {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
    return unless('EEXIST', () => this.#open(name, flags, mode));
  }

  /** What is there by that name, a symbolic link itself; undefined where nothing is. */
  stat(name: string): FileFacts | undefined {
    const path = join(this.path, name);
    const folder = this.#fd;
    if (folder === undefined) return lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return unless('ENOENT', () => asNode(path, () => addon.statInFolder(folder, name)));
  }

  /** Whether the file with these particulars is the one of that name. */
  has(name: string, { ino, dev }: FileFacts): boolean {
    const there = this.stat(name);
    return there !== undefined && there.ino === ino && there.dev === dev;
  }

  rename(from: string, to: string): void {
    const path = join(this.path, from);
    const folder = this.#fd;
    if (folder === undefined) renamePatiently(path, join(this.path, to));
    else asNode(path, () => addon.renameInFolder(folder, from, to));
  }

  /** Gives a file a second name; false where something has that name. */
  link(from: string, to: string): boolean {
    const path = join(this.path, from);
    const folder = this.#fd;
    const call = () =>
      folder === undefined
        ? linkSync(path, join(this.path, to))
        : asNode(path, () => addon.linkInFolder(folder, from, to));
    return unless('EEXIST', () => succeed(call)) ?? false;
  }

  /** Whether there was such a file. */
  remove(name: string): boolean {
    const path = join(this.path, name);
    const folder = this.#fd;
    if (folder !== undefined) return asNode(path, () => addon.unlinkInFolder(folder, name));
    return unless('ENOENT', () => succeed(() => unlinkSync(path))) ?? false;
  }

  /** Makes a folder in this one, which belongs to `owner` where one is given; harmless where there is one. */
  makeFolder(name: string, mode: number, owner?: Owner): void {
    const path = join(this.path, name);
    const folder = this.#fd;
    if (folder === undefined) {
      mkdirSync(path, { recursive: true, mode });
      return;
    }
    const make = () => asNode(path, () => addon.makeFolderInFolder(folder, name, mode));
    const isNew = unless('EEXIST', () => succeed(make)) ?? false;
    if (!isNew || owner === undefined) return;
    const flags = constants.O_RDONLY | constants.O_DIRECTORY;
    const fd = asNode(path, () => addon.openInFolder(folder, name, flags, 0));
    if (fd === undefined) return;
    try {
      fchownSync(fd, Number(owner.uid), Number(owner.gid));
    } finally {
      closeFile(fd);
    }
  }

  /** Brings new names to the disk. Not every system lets every folder be flushed. */
  flush(): void {
    if (this.#fd === undefined) return;
    try {
      fsyncSync(this.#fd);
    } catch (error) {
      if (!hasCode(error, NO_FLUSH)) throw error;
    }
  }
}

/** EBADF: a folder that may be passed, but not listed. */
const NO_FLUSH = ['EBADF', 'EINVAL', 'EISDIR', 'ENOTSUP'];

/** The result of a call; undefined where it fails with that code. */
function unless<T>(code: string, call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (hasCode(error, [code])) return undefined;
    throw error;
  }
}

function succeed(call: () => void): true {
  call();
  return true;
}

/** Calls the addon, whose errors become such as Node's own calls of the file system throw. */
function asNode<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof PortSystemError)) throw error;
    const { systemCode: code, syscall, message } = error;
    throw Object.assign(new Error(`${message} '${path}'`, { cause: error }), { code, syscall, path });
  }
}
