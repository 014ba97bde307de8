import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { optionalAddon } from '../addon/optional-addon';
import { hasCode } from './access-error';
import { settle } from './journal';
import { LockWait } from './lock-wait';
import { checkMachineFile } from './machine-file';
import { resolveTarget } from './resolve-target';
import { Watch } from './watch';

/**
 * The bytes of the file at `path`; none where there is no file yet, as long as its folder is there. Takes no lock: a
 * file that is replaced is seen old or new, one that somebody is writing is read when it holds still. Waits for that
 * at most `timeout` ms, then throws a `ConfigLockedError`.
 */
export async function readFile(path: string, timeout: number): Promise<Buffer> {
  const watch = new Watch();
  const wait = new LockWait(path, timeout);
  for (;;) {
    const content = tryRead(path, watch);
    if (content !== undefined) return content;
    await wait.pause('written');
  }
}

/** {@link readFile}, at once: the thread sleeps during the wait. */
export function readFileSync(path: string, timeout: number): Buffer {
  const watch = new Watch();
  const wait = new LockWait(path, timeout);
  for (;;) {
    const content = tryRead(path, watch);
    if (content !== undefined) return content;
    wait.pauseSync('written');
  }
}

/** Undefined while somebody may be writing the file. */
function tryRead(path: string, watch: Watch): Buffer | undefined {
  checkMachineFile(path, 'read');
  let fd: number;
  try {
    fd = openRegular(path, constants.O_RDONLY);
  } catch (error) {
    if (!hasCode(error, ['ENOENT', 'ENOTDIR'])) throw error;
    resolveTarget(path);
    return Buffer.alloc(0);
  }
  try {
    const content = readSettled(fd, watch) ?? readHeldStill(fd);
    return content === undefined ? undefined : settle(content);
  } finally {
    closeSync(fd);
  }
}

/** All bytes of an open file; undefined where they may not be whole. */
export function readSettled(fd: number, watch: Watch): Buffer | undefined {
  const before = fstatSync(fd, { bigint: true });
  const content = readToEnd(fd, Number(before.size));
  const after = fstatSync(fd, { bigint: true });
  return watch.isSettled(before, after, content) ? content : undefined;
}

/** The same, where the kernel says that nobody is writing. Only who doubts asks, for it takes the addon. */
function readHeldStill(fd: number): Buffer | undefined {
  return optionalAddon()?.holdOffWriters(fd) === true ? readToEnd(fd) : undefined;
}

/** Opens a file that must be no folder, pipe or device; never waits for the other end of a pipe. */
function openRegular(path: string, flags: number): number {
  return checkRegular(openSync(path, flags | (constants.O_NONBLOCK ?? 0)), path);
}

/** The descriptor, of a regular file; any other is closed, and an error thrown. */
export function checkRegular(fd: number, path: string, close = closeSync): number {
  const stat = fstatSync(fd);
  if (stat.isFile()) return fd;
  close(fd);
  const code = stat.isDirectory() ? 'EISDIR' : 'EINVAL';
  throw Object.assign(new Error('it is not a regular file'), { code, syscall: 'open', path });
}

/** All bytes of an open file, whatever its size. */
export function readToEnd(fd: number, expectedSize = fstatSync(fd).size): Buffer {
  let buffer = Buffer.allocUnsafe(expectedSize + 1);
  let length = 0;
  for (;;) {
    const count = readSync(fd, buffer, length, buffer.length - length, length);
    if (count === 0) return buffer.subarray(0, length);
    length += count;
    if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(length)]);
  }
}
