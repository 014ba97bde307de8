import { fsyncSync, ftruncateSync, writeSync } from 'node:fs';
import { settle, writeJournal } from './journal';

/**
 * Turns the content of an open file, which holds the bytes `file` now, into `content` where it cannot be replaced.
 * Readers take no lock, and the process may be killed at any step. So the new bytes are written to a journal at the end
 * of the file, then to their place, and then the journal is cut off; each step is on the disk before the next begins.
 * The journal claims the space too. When a step fails, the old content is put back and the error thrown.
 */
export function rewriteInPlace(fd: number, file: Buffer, content: Buffer): void {
  const before = settle(file);
  if (before !== file) finish(fd, before);
  const start = commonLength(before, content);
  const end = Math.max(before.length, content.length);
  const journal = writeJournal(before, { start, bytes: content.subarray(start) });
  try {
    writeAll(fd, Buffer.concat([Buffer.alloc(end - before.length, '\n'), journal]), before.length);
    fsyncSync(fd);
  } catch (error) {
    ftruncateSync(fd, before.length);
    throw error;
  }
  try {
    writeAll(fd, Buffer.concat([content.subarray(start), Buffer.alloc(end - content.length, '\n')]), start);
    fsyncSync(fd);
  } catch (error) {
    writeAll(fd, before, 0);
    ftruncateSync(fd, before.length);
    fsyncSync(fd);
    throw error;
  }
  ftruncateSync(fd, content.length);
  fsyncSync(fd);
}

/** Does what the journal of a writer says that was killed. */
function finish(fd: number, content: Buffer): void {
  writeAll(fd, content, 0);
  fsyncSync(fd);
  ftruncateSync(fd, content.length);
  fsyncSync(fd);
}

function commonLength(one: Buffer, other: Buffer): number {
  const end = Math.min(one.length, other.length);
  let length = 0;
  while (length < end && one[length] === other[length]) length++;
  return length;
}

function writeAll(fd: number, bytes: Buffer, position: number): void {
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(fd, bytes, written, bytes.length - written, position + written);
  }
}
