import { existsSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { StopRefusedError } from '../stop/errors';
import { canWrite, userConfigPath } from '../store/config-path';
import { AssociationConflictError, ConfigAccessError } from '../store/errors';
import { isStoreUrl } from '../store/store-url';
import { plain } from './plain';

/** What the library's error means for somebody at a command line: the words that help, behind its message. */
export function adviceOn(error: Error & { code?: unknown }): string {
  switch (error.code) {
    case 'ERR_PORT_NO_HOME':
      return ` (--config ${plain(otherFile(undefined))})`;
    case 'ERR_PORT_CONFIG_ACCESS':
      return error instanceof ConfigAccessError ? adviceOnAccess(error) : '';
    case 'ERR_PORT_CONFLICT':
      return error instanceof AssociationConflictError
        ? ` (port-for --explain ${error.wanted.port} tells all about that port)`
        : '';
    case 'ERR_PORT_STOP_REFUSED':
      return adviceOnStop(error);
    case 'ERR_PORT_UNKNOWN_NAME':
      return error.message.endsWith('?') ? '' : ': --list shows the names that have one';
    default:
      return '';
  }
}

/** sudo has a PATH of its own, in which neither the command nor node may be found. */
function adviceOnStop(error: Error): string {
  if (!(error instanceof StopRefusedError)) return '';
  if (/\bforce\b/.test(error.message)) return ' (--force)';
  const isForRoot = error.refusal === 'no rights' && !error.message.includes('sudo');
  return isForRoot ? ` (sudo env "PATH=$PATH" port-for --stop ${error.use.port})` : '';
}

const NO_OTHER_FILE_HELPS = ['EMFILE', 'ENFILE'];

function adviceOnAccess({ path, systemCode }: ConfigAccessError): string {
  if (NO_OTHER_FILE_HELPS.includes(systemCode) || isStoreUrl(path)) return '';
  const own = ownFile();
  return own !== undefined && own !== path && canMake(own)
    ? ' (--user)'
    : ` (--config ${plain(otherFile(path))})`;
}

/** A file that this process can write: in the folder of the session, else in the current one, else a temporary one. */
function otherFile(failed: string | undefined): string {
  const { XDG_RUNTIME_DIR = '' } = process.env;
  const places = [XDG_RUNTIME_DIR, process.cwd()].filter((folder) => folder !== '');
  const files = places.map((folder) => join(folder, 'port-for.conf')).filter((file) => file !== failed);
  return files.find(canWrite) ?? join(tmpdir(), `port-for-${userInfoOr('user')}.conf`);
}

function userInfoOr(fallback: string): string {
  return process.getuid === undefined ? userInfo().username || fallback : `${process.getuid()}`;
}

function ownFile(): string | undefined {
  try {
    return userConfigPath();
  } catch {
    return undefined;
  }
}

/** Whether the file can be written once the folders above it are made. */
function canMake(file: string): boolean {
  if (existsSync(file)) return canWrite(file);
  let folder = dirname(file);
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  return canWrite(join(folder, basename(file)));
}
