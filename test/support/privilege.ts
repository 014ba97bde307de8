import { spawnSync } from 'node:child_process';

/** The user and group "nobody", who owns nothing here. */
export const NOBODY = 65534;

const AS_NOBODY = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];

/** Why a test cannot act as another user; false where it can. */
export const NO_OTHER_USER: string | false = canRun('setpriv', [...AS_NOBODY, 'true'])
  ? false
  : 'only root can act as another user';

/** Why a test cannot mount file systems of its own; false where it can. */
export const NO_MOUNTS: string | false = canRun('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt'])
  ? false
  : 'only root can mount file systems';

/** The words of a shell that run a command as nobody. */
export const ASSUME_NOBODY = ['setpriv', ...AS_NOBODY].join(' ');

function canRun(program: string, words: readonly string[]): boolean {
  return process.getuid?.() === 0 && spawnSync(program, words).status === 0;
}
