import {
  type BigIntStats,
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
  statSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { addon } from '../addon/addon';
import type { FileFacts } from '../addon/contract';
import { PortSystemError } from '../errors/port-system-error';
import { hasCode } from './access-error';
import { checkRegular } from './config-file';
import { isOurs } from './resolve-target';

interface Owner {
  readonly uid: bigint;
  readonly gid: bigint;
}

/** Deno's `fs` refuses descriptors that it did not open itself; its own are the kernel's, which the addon can use. */
const isDeno = 'deno' in process.versions;

/** Whether folders are mere paths: Deno can open files of an open folder only through Linux's /proc. */
const hasOnlyPaths = process.platform === 'win32' || (isDeno && process.platform !== 'linux');

/** Closes a file that a {@link Folder} opened. Node warns of descriptors in workers that it did not open itself. */
export function closeFile(fd: number): void {
  if (hasOnlyPaths || isDeno) closeSync(fd);
  else addon.closeDescriptor(fd);
}

/** Where Linux shows an open folder. The way through it leads to that very folder, wherever its path leads by now. */
function entryOf(folder: number): string {
  return `/proc/self/fd/${folder}`;
}

/**
 * The folder of a config file, opened once: whatever is done in it by name stays in it, though others move it or put
 * links in its place. On Windows, and on Deno elsewhere than on Linux, it is a mere path.
 */
export class Folder {
  readonly path: string;
  readonly #fd: number | undefined;

  /** @param path without symbolic links in it */
  constructor(path: string) {
    this.path = path;
    this.#fd = hasOnlyPaths ? undefined : asNode(path, () => addon.openFolder(path));
  }

  close(): void {
    if (this.#fd !== undefined) addon.closeDescriptor(this.#fd);
  }

  /** Whom the files shall belong to that root makes here: the owner of the folder, where that is somebody else. */
  heir(): Owner | undefined {
    if (this.#fd === undefined || process.geteuid?.() !== 0) return undefined;
    const { uid, gid } = statFolder(this.#fd);
    return uid === 0n ? undefined : { uid, gid };
  }

  /** Whether root alone decides what stands here by which name. Asked by root. */
  isOurs(): boolean {
    return this.#fd === undefined || isOurs(statFolder(this.#fd));
  }

  /** Opens a regular file, undefined where there is none; a symbolic link in its place is not followed. */
  #open(name: string, flags: number, mode = 0): number | undefined {
    const path = join(this.path, name);
    const folder = this.#fd;
    const fd =
      folder === undefined ? openSync(path, flags, mode) : openInFolder(folder, name, flags, mode, path);
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
    if (folder === undefined) renameSync(path, join(this.path, to));
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
    const fd = openInFolder(folder, name, flags, 0, path);
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
      flushFolder(this.#fd);
    } catch (error) {
      if (!hasCode(error, NO_FLUSH)) throw error;
    }
  }
}

function statFolder(folder: number): BigIntStats {
  return isDeno ? statSync(entryOf(folder), { bigint: true }) : fstatSync(folder, { bigint: true });
}

/** Undefined where there is no such file and none is to be made. Follows no symbolic link; never waits. */
function openInFolder(
  folder: number,
  name: string,
  flags: number,
  mode: number,
  path: string,
): number | undefined {
  if (!isDeno) return asNode(path, () => addon.openInFolder(folder, name, flags, mode));
  const { O_NOFOLLOW, O_NONBLOCK } = constants;
  return openSync(join(entryOf(folder), name), flags | O_NOFOLLOW | O_NONBLOCK, mode);
}

function flushFolder(folder: number): void {
  if (!isDeno) {
    fsyncSync(folder);
    return;
  }
  const fd = openSync(entryOf(folder), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** EBADF, and on Deno EACCES: a folder that may be passed, but not listed. */
const NO_FLUSH = ['EACCES', 'EBADF', 'EINVAL', 'EISDIR', 'ENOTSUP'];

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
