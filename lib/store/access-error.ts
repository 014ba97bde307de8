import { dirname } from 'node:path';
import { PortForError } from '../errors/port-for-error';
import { ConfigAccessError } from './errors';

/** What kept the config file at `path` from being read or written, told in one line with the way out. */
export function toAccessError(error: unknown, path: string, action: 'read' | 'write'): unknown {
  const code = systemCodeOf(error);
  if (code === undefined) return error;
  const { problem, wayOut } = explain(code, lackingFolder(error, path)) ?? {
    problem: (error as Error).message,
    wayOut: OTHER_FILE,
  };
  return new ConfigAccessError(path, code, `cannot ${action} ${path}: ${problem} (${code}): ${wayOut}`, {
    cause: error,
  });
}

/** Whether the kernel failed a call with one of these codes. */
export function hasCode(error: unknown, codes: readonly string[]): boolean {
  const code = systemCodeOf(error);
  return code !== undefined && codes.includes(code);
}

function systemCodeOf(error: unknown): string | undefined {
  if (error instanceof PortForError) return undefined;
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? nameOf(error.code, error) : undefined;
}

/** Node does not know all errors of Linux: one of a quota comes as "Unknown system error -122". */
function nameOf(code: string, error: Error): string {
  const errno = 'errno' in error ? error.errno : undefined;
  if (/^E\w+$/.test(code) || typeof errno !== 'number') return code;
  const { constants } = require('node:os') as typeof import('node:os');
  return Object.entries(constants.errno).find(([, number]) => number === -errno)?.[0] ?? code;
}

const OTHER_FILE = 'use another file';
const MORE_RIGHTS = 'use a file that you may write';

/** A missing file is made, so the error is about a folder: the one that was asked for, or that of the file. */
function lackingFolder(error: unknown, file: string): string {
  const { syscall, path } = error as NodeJS.ErrnoException;
  return syscall === 'open' || path === undefined ? dirname(file) : path;
}

function explain(code: string, folder: string): { problem: string; wayOut: string } | undefined {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return { problem: 'permission denied', wayOut: MORE_RIGHTS };
    case 'EISDIR':
      return { problem: 'it is a folder', wayOut: OTHER_FILE };
    case 'ENOENT':
      return { problem: `folder ${folder} does not exist`, wayOut: `make it, or ${OTHER_FILE}` };
    case 'ENOTDIR':
      return { problem: `${folder} is not a folder`, wayOut: OTHER_FILE };
    case 'EROFS':
      return { problem: 'the file system is read-only', wayOut: OTHER_FILE };
    case 'ENOSPC':
    case 'EDQUOT':
      return { problem: 'no space is left', wayOut: `make room, or ${OTHER_FILE}` };
    case 'EMFILE':
    case 'ENFILE':
      return { problem: 'too many open files', wayOut: 'raise the limit of open files (ulimit -n)' };
    default:
      return undefined;
  }
}
