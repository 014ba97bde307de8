import { dirname } from 'node:path';
import { ConfigAccessError } from '../errors';

/** What kept the config file at `path` from being read or written, told in one line with the way out. */
export function toAccessError(error: unknown, path: string, action: 'read' | 'write'): unknown {
  const code = systemCodeOf(error);
  if (code === undefined) return error;
  const { problem, wayOut } = explain(code, path) ?? { problem: (error as Error).message, wayOut: OTHER_FILE };
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
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const OTHER_FILE = 'use another file (--user or --config FILE)';
const MORE_RIGHTS = 'use sudo, or a file of your own (--user or --config FILE)';

function explain(code: string, path: string): { problem: string; wayOut: string } | undefined {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return { problem: 'permission denied', wayOut: MORE_RIGHTS };
    case 'EISDIR':
      return { problem: 'it is a folder', wayOut: OTHER_FILE };
    case 'ENOENT':
      return { problem: `folder ${dirname(path)} does not exist`, wayOut: `make it, or ${OTHER_FILE}` };
    case 'ENOTDIR':
      return { problem: `${dirname(path)} is no folder`, wayOut: OTHER_FILE };
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
