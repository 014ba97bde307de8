import { constants, fchmodSync, fchownSync, fstatSync, readdirSync } from 'node:fs';
import { addon } from '../addon/addon';
import type { FileFacts } from '../addon/contract';
import { hasCode } from './access-error';
import { closeFile, type Folder } from './folder';

/** Why a file could not be made in a folder: only a lack of rights means that others do without it too. */
export const NO_RIGHTS = ['EACCES', 'EPERM', 'EROFS'];

/**
 * The lock of all who may write in the folder of a config file: a hidden file beside it, locked by the kernel, there
 * only while somebody writes. It can be opened by those alone who may write the config file, so that nobody else can
 * lock it. Whoever finds one whose process is gone takes it over.
 */
export class Gate {
  readonly #folder: Folder;
  readonly #name: string;
  readonly #fd: number;

  private constructor(folder: Folder, name: string, fd: number) {
    this.#folder = folder;
    this.#name = name;
    this.#fd = fd;
  }

  /**
   * Takes the gate of file `name`. Undefined while somebody else has it. Throws what the system refuses: with one of
   * {@link NO_RIGHTS} where no file can be made in the folder.
   */
  static tryTake(folder: Folder, name: string): Gate | undefined {
    const gate = besideName(name, 'lock');
    for (;;) {
      const fd = openIfOurs(folder, gate) ?? create(folder, gate);
      if (fd === undefined) return undefined;
      let isKept = false;
      try {
        if (!tryLock(fd, folder, gate)) return undefined;
        isKept = folder.has(gate, fstatSync(fd, { bigint: true }));
        if (!isKept) continue;
        removeLeftover(folder, besideName(name, 'new'));
        admitWriters(fd, folder.stat(name) ?? newFileOf(folder));
        return new Gate(folder, gate, fd);
      } finally {
        if (!isKept) closeFile(fd);
      }
    }
  }

  /** Lets the next one in. A file that cannot be removed does no harm: nobody holds its lock. */
  leave(): void {
    try {
      this.#folder.remove(this.#name);
    } catch {
      // As said.
    } finally {
      closeFile(this.#fd);
    }
  }
}

/** The name of a hidden file that belongs to file `name`: no longer than file systems allow. */
export function besideName(name: string, kind: 'lock' | 'new'): string {
  const whole = `.${name}.${kind}`;
  return Buffer.byteLength(whole) <= 255 ? whole : `.port-for-${hash(name)}.${kind}`;
}

/** FNV-1a, 32 bits: names that share one share a lock, which only makes one wait for the other. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value.toString(16);
}

/** Undefined where there is none, or where it is somebody's whom we may not disturb: then it cannot be made either. */
function openIfOurs(folder: Folder, gate: string): number | undefined {
  try {
    return folder.openIfThere(gate, constants.O_RDWR);
  } catch (error) {
    if (hasCode(error, NO_RIGHTS)) return undefined;
    throw error;
  }
}

/** Undefined where there is one by now. */
function create(folder: Folder, gate: string): number | undefined {
  for (let tries = 1; ; tries++) {
    try {
      return folder.create(gate, 0o600);
    } catch (error) {
      // Windows keeps the name of a removed file until everybody has closed it, and lets nobody open it meanwhile.
      if (process.platform !== 'win32' || !hasCode(error, NO_RIGHTS)) throw error;
      if (readdirSync(folder.path).includes(gate)) return undefined;
      // It went between the two calls, or nobody may make a file here.
      if (tries === 3) throw error;
    }
  }
}

/** Lets those open the gate who may write the config file, as far as we can. */
function admitWriters(fd: number, config: Pick<FileFacts, 'uid' | 'gid' | 'mode'> | undefined): void {
  if (config === undefined) return;
  const gate = fstatSync(fd, { bigint: true });
  const isOwner = gate.uid === config.uid;
  if (!isOwner || gate.gid !== config.gid) {
    if (!tryChown(fd, config.uid, config.gid) && !isOwner) tryChown(fd, gate.uid, config.gid);
  }
  const writers = Number(config.mode) & 0o022;
  const mode = 0o600 | writers | (writers << 1);
  if ((Number(gate.mode) & 0o777) !== mode) fchmodSync(fd, mode);
}

/** Half a new file of a killed writer, or the second name of one that it had put in place. */
function removeLeftover(folder: Folder, name: string): void {
  try {
    folder.remove(name);
  } catch (error) {
    // Who is to make such a file says what is in the way.
    if (!hasCode(error, ['EISDIR', 'EIO', ...NO_RIGHTS])) throw error;
  }
}

/** What is known of a config file that is yet to be made. */
function newFileOf(folder: Folder): Pick<FileFacts, 'uid' | 'gid' | 'mode'> | undefined {
  const heir = folder.heir();
  return heir === undefined ? undefined : { ...heir, mode: 0n };
}

function tryChown(fd: number, uid: bigint, gid: bigint): boolean {
  try {
    fchownSync(fd, Number(uid), Number(gid));
    return true;
  } catch (error) {
    if (hasCode(error, ['EPERM', 'EINVAL'])) return false;
    throw error;
  }
}

function tryLock(fd: number, folder: Folder, gate: string): boolean {
  try {
    return addon.tryLock(fd);
  } catch (error) {
    // Where the kernel refuses locks, nobody else has this one either.
    folder.remove(gate);
    throw error;
  }
}
