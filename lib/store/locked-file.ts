import { type BigIntStats, constants, fstatSync, lstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { addon } from '../addon/addon';
import { PortSystemError } from '../errors/port-system-error';
import { hasCode } from './access-error';
import { readSettled, readToEnd } from './config-file';
import { ConfigAccessError, type Obstacle } from './errors';
import { closeFile, Folder } from './folder';
import { Gate, NO_RIGHTS } from './gate';
import { settle } from './journal';
import { checkMachineFile } from './machine-file';
import { makeFile, replaceFile } from './replace-file';
import { resolveToWrite } from './resolve-target';
import { rewriteInPlace } from './rewrite-in-place';
import type { Watch } from './watch';

/** What a writer decided on seeing the file: its result, and the new content where there is to be one. */
export interface Decision<T> {
  readonly result: T;
  readonly content?: Buffer;
}

export type Decide<T> = (content: Buffer) => Decision<T>;

/**
 * Reads, decides and writes in one go, while no other process or thread does. Returns an obstacle at once where there
 * is one; `decide` may then have been called in vain. A file that is missing is made, with mode 0644 less the umask.
 * Nothing is held beyond this call, and the kernel ends what a process holds that dies. Throws what the kernel or
 * `decide` throws; then, and where nothing is to be written, the file is as it was.
 */
export function tryUpdate<T>(path: string, decide: Decide<T>, watch: Watch): Decision<T> | Obstacle {
  checkMachineFile(path, 'write');
  const target = resolveToWrite(path);
  const folder = new Folder(dirname(target));
  try {
    return explainLocks(path, () => updateIn(folder, basename(target), decide, watch));
  } finally {
    folder.close();
  }
}

function updateIn<T>(folder: Folder, name: string, decide: Decide<T>, watch: Watch): Decision<T> | Obstacle {
  const gate = tryGate(folder, name);
  if (gate === undefined) return 'locked';
  if (!(gate instanceof Gate)) return updateInPlace(folder, name, decide, watch, gate);
  try {
    return updateByName(folder, name, decide, watch);
  } finally {
    gate.leave();
  }
}

/** The gate, or the reason why nobody can have one. */
function tryGate(folder: Folder, name: string): Gate | Error | undefined {
  try {
    return Gate.tryTake(folder, name);
  } catch (error) {
    if (error instanceof Error && hasCode(error, NO_RIGHTS)) return error;
    throw error;
  }
}

/** As who has the gate. */
function updateByName<T>(
  folder: Folder,
  name: string,
  decide: Decide<T>,
  watch: Watch,
): Decision<T> | Obstacle {
  // Only who may write the file may replace it.
  if (!canWrite(folder, name)) return 'locked';
  const fd = folder.openIfThere(name, constants.O_RDONLY);
  if (fd === undefined) return make(folder, name, decide);
  let isOpen = true;
  const close = () => {
    if (isOpen) closeFile(fd);
    isOpen = false;
  };
  try {
    if (!addon.tryLockContent(fd, false)) return 'locked';
    const isHeld = addon.holdOffWriters(fd);
    if (isHeld === false) return 'written';
    const before = fstatSync(fd, { bigint: true });
    if (!folder.has(name, before)) return 'locked';
    const content = isHeld ? readToEnd(fd) : readSettled(fd, watch);
    if (content === undefined) return 'written';
    const decision = decide(settle(content));
    if (decision.content === undefined) return decision;
    const isUnchanged = () => {
      if (process.platform === 'win32') {
        // It renames over no file that is open.
        close();
        const there = lstatSync(join(folder.path, name), { bigint: true, throwIfNoEntry: false });
        return there !== undefined && isSame(before, there);
      }
      const isSo =
        isSame(before, fstatSync(fd, { bigint: true })) && (!isHeld || addon.areWritersHeldOff(fd));
      return isSo && folder.has(name, before);
    };
    const replacement = replaceFile(folder, name, before, decision.content, isUnchanged);
    if (replacement === 'done') return decision;
    close();
    return replacement === 'late' ? 'written' : rewrite(folder, name, before, content, decision);
  } finally {
    close();
  }
}

/** Whether the file is there no more, or may be opened for writing; false while somebody keeps writers off. */
function canWrite(folder: Folder, name: string): boolean {
  const fd = openToWrite(folder, name);
  if (typeof fd === 'number') closeFile(fd);
  return fd !== 'held off';
}

function openToWrite(folder: Folder, name: string): number | 'held off' | undefined {
  try {
    return folder.openIfThere(name, constants.O_RDWR);
  } catch (error) {
    if (hasCode(error, ['EAGAIN', 'EWOULDBLOCK'])) return 'held off';
    throw error;
  }
}

function make<T>(folder: Folder, name: string, decide: Decide<T>): Decision<T> | Obstacle {
  const decision = decide(Buffer.alloc(0));
  if (decision.content === undefined) return decision;
  return makeFile(folder, name, decision.content) ? decision : 'written';
}

/** Rewrites the file in place where that was decided on the content before, and nobody has changed it since. */
function rewrite<T>(
  folder: Folder,
  name: string,
  before: BigIntStats,
  content: Buffer,
  decision: Decision<T>,
): Decision<T> | Obstacle {
  checkLinks(folder, name, before);
  const fd = openToWrite(folder, name);
  if (typeof fd !== 'number') return 'written';
  try {
    if (!addon.tryLockContent(fd, true)) return 'locked';
    const isSo = isSame(before, fstatSync(fd, { bigint: true })) && readToEnd(fd).equals(content);
    if (!isSo) return 'written';
    if (decision.content !== undefined) rewriteInPlace(fd, content, decision.content);
    return decision;
  } finally {
    closeFile(fd);
  }
}

/** As one who may write the file, but none beside it. */
function updateInPlace<T>(
  folder: Folder,
  name: string,
  decide: Decide<T>,
  watch: Watch,
  reason: Error,
): Decision<T> | Obstacle {
  const fd = openToWrite(folder, name);
  if (fd === undefined) throw reason;
  if (fd === 'held off') return 'locked';
  try {
    if (!addon.tryLockContent(fd, true)) return 'locked';
    const before = fstatSync(fd, { bigint: true });
    if (!folder.has(name, before)) return 'locked';
    checkLinks(folder, name, before);
    const content = readSettled(fd, watch);
    if (content === undefined) return 'written';
    const decision = decide(settle(content));
    if (decision.content !== undefined) rewriteInPlace(fd, content, decision.content);
    return decision;
  } finally {
    closeFile(fd);
  }
}

/** Root writes into no file that another user may have linked into the folder. */
function checkLinks(folder: Folder, name: string, { nlink }: BigIntStats): void {
  if (nlink <= 1n || process.geteuid?.() !== 0 || folder.isOurs()) return;
  const path = join(folder.path, name);
  throw new ConfigAccessError(
    path,
    'EMLINK',
    `cannot write ${path}: it has further hard links, which another user could have made of any file, so root leaves it alone: use another file`,
  );
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return (
    one.ino === other.ino &&
    one.dev === other.dev &&
    one.size === other.size &&
    one.mtimeNs === other.mtimeNs &&
    one.ctimeNs === other.ctimeNs
  );
}

/** Adds the path of the file to the error of a lock that the kernel refuses. */
function explainLocks<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof PortSystemError) || !LOCK_CALLS.includes(error.syscall)) throw error;
    throw new ConfigAccessError(path, error.systemCode, `cannot lock ${path}: ${error.message}`, {
      cause: error,
    });
  }
}

const LOCK_CALLS = ['flock', 'fcntl'];
