/**
 * The journal of a rewrite in place: the new bytes as comments at the end of the file, from before the first of them is
 * written to its place until after the last. Whoever reads the file meanwhile, or after a kill, puts the new content
 * together from it, however much of that is in place. A journal that is not whole counts for nothing: nothing has been
 * overwritten before it is on the disk. Python's ConfigParser skips comments.
 */

/** What a journal says: from `start` on the content is `bytes`. */
interface Change {
  readonly start: number;
  readonly bytes: Buffer;
}

const MARK = '\n#: ';
const FIRST = /^#: (\d+) (\d+) ([0-9a-f]{8})\n/;
const REMARK =
  '# port-for was interrupted while writing this file. It finishes when it is used next: leave these lines.\n';
const LINE_BYTES = 75;

/** The lines of a journal, to stand at the end of a file that has `before` for content, on a line of their own. */
export function writeJournal(before: Buffer, { start, bytes }: Change): Buffer {
  const sum = checksum(before.subarray(0, start), bytes);
  const lines = [`\n#: ${before.length} ${start} ${sum}\n`, REMARK];
  for (let at = 0; at < bytes.length; at += LINE_BYTES) {
    lines.push(`#+ ${bytes.subarray(at, at + LINE_BYTES).toString('base64')}\n`);
  }
  return Buffer.from(lines.join(''));
}

/** The content of a file: what its journal says if it has one, without a journal that is not whole. */
export function settle(file: Buffer): Buffer {
  const at = file.lastIndexOf(MARK);
  if (at < 0) return file;
  const text = file.toString('latin1', at + 1);
  const first = FIRST.exec(text);
  if (first === null) return file;
  const [head, length, start] = [first[0], Number(first[1]), Number(first[2])];
  const body = text.slice(head.length);
  const before = file.subarray(0, start);
  const bytes = readLines(body);
  if (start <= at && bytes !== undefined && checksum(before, bytes) === first[3]) {
    return Buffer.concat([before, bytes]);
  }
  return isCut(body) && isBlank(file.subarray(length, at)) ? file.subarray(0, length) : file;
}

function readLines(body: string): Buffer | undefined {
  if (!body.startsWith(REMARK) || !body.endsWith('\n')) return undefined;
  const lines = body.slice(REMARK.length).split('\n');
  if (!lines.every((line) => line.startsWith('#+ ') || line === '')) return undefined;
  return Buffer.concat(lines.map((line) => Buffer.from(line.slice(3), 'base64')));
}

/** Whether these can be the first lines of a journal. */
function isCut(body: string): boolean {
  if (body.length < REMARK.length) return REMARK.startsWith(body);
  return (
    body.startsWith(REMARK) &&
    /^(?:#\+ [\w+/=]*\n)*(?:#(?:\+(?: [\w+/=]*)?)?)?$/.test(body.slice(REMARK.length))
  );
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x0a);
}

function checksum(...parts: readonly Buffer[]): string {
  const { crc32 } = require('node:zlib') as typeof import('node:zlib');
  let sum = 0;
  for (const part of parts) sum = crc32(part, sum);
  return sum.toString(16).padStart(8, '0');
}
