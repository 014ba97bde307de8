import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { withoutPreloads } from './command';
import { distPath } from './dist';

/** The user and group "nobody", who owns nothing here. */
export const NOBODY = 65534;

const AS_NOBODY = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];

/** The words that run a command as nobody. */
export const ASSUME_NOBODY = AS_NOBODY.join(' ');

/** Why a test cannot give files to other users; false where it can. */
export const NO_OTHER_USER: string | false =
  process.getuid?.() === 0 ? false : 'only root can act for other users';

/** Why a test cannot run our command as nobody; false where it can. */
export function noNobody(): string | false {
  if (NO_OTHER_USER !== false) return NO_OTHER_USER;
  if (!canRun(...AS_NOBODY, 'true')) return 'there is no setpriv';
  return canRun(...AS_NOBODY, process.execPath, distPath('port-for.js'), '--version')
    ? false
    : 'other users may not read this checkout';
}

/** Why no port takes root here, as in many containers; false where some do. */
export function systemPortsAreFree(): string | false {
  if (process.platform !== 'linux') return 'only Linux says which ports take root';
  const first = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  return first > 1 ? false : 'everybody may bind system ports here';
}

/** Why a test cannot mount file systems of its own; false where it can. */
export function noMounts(): string | false {
  if (NO_OTHER_USER !== false) return NO_OTHER_USER;
  return canRun('unshare', '-m', 'mount', '-t', 'tmpfs', 'none', '/mnt')
    ? false
    : 'mounting is not allowed here';
}

function canRun(program = '', ...words: string[]): boolean {
  return spawnSync(...withoutPreloads(program, words)).status === 0;
}
