import { fsyncSync, ftruncateSync, writeSync } from 'node:fs';

/**
 * Turns the content of an open file from `before` into `content` where the file cannot be replaced. Readers take no
 * lock, so the file is first lengthened with blank lines to the greater of both sizes, then the bytes that differ are
 * written at once, then it is cut: in between it always ends with whole lines. Lengthening also claims the space on
 * the disk before anything is overwritten. When a step fails the old content is put back and the error thrown.
 */
export function rewriteInPlace(fd: number, before: Buffer, content: Buffer): void {
  const size = Math.max(before.length, content.length);
  const from = padWithLines(before, size);
  const to = padWithLines(content, size);
  lengthen(fd, from, before.length);
  try {
    writeDifference(fd, from, to);
    if (size > content.length) ftruncateSync(fd, content.length);
    fsyncSync(fd);
  } catch (error) {
    ftruncateSync(fd, before.length);
    writeAll(fd, before, 0);
    fsyncSync(fd);
    throw error;
  }
}

function padWithLines(content: Buffer, size: number): Buffer {
  return Buffer.concat([content, Buffer.alloc(size - content.length, '\n')]);
}

function lengthen(fd: number, content: Buffer, oldLength: number): void {
  if (content.length === oldLength) return;
  try {
    writeAll(fd, content.subarray(oldLength), oldLength);
    fsyncSync(fd);
  } catch (error) {
    ftruncateSync(fd, oldLength);
    throw error;
  }
}

function writeDifference(fd: number, from: Buffer, to: Buffer): void {
  let start = 0;
  let end = to.length;
  while (start < end && from[start] === to[start]) start++;
  while (end > start && from[end - 1] === to[end - 1]) end--;
  writeAll(fd, to.subarray(start, end), start);
}

function writeAll(fd: number, bytes: Buffer, position: number): void {
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(fd, bytes, written, bytes.length - written, position + written);
  }
}
