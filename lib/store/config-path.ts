import { accessSync, closeSync, constants, openSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { PortForError } from '../errors/port-for-error';
import { checkMachineFile } from './machine-file';
import { isStoreUrl } from './store-url';

const FILE_NAME = 'port-for.conf';

/** Where names are kept. */
export interface ConfigPlace {
  /** The file that names are read from and written to. */
  readonly path: string;
  /** The file of the machine, if it is another: its ports are nobody else's. */
  readonly machine?: { readonly path: string; readonly hasNames: boolean };
}

/**
 * The rule where names are kept, in one place. A file that was named is that file. Without one it is what the variable
 * `PORT_FOR_CONFIG` says; else the file of the machine, if this process may write it or make it; else the user's own,
 * and then the names of the machine's file are honoured. No port of the machine's file is picked for a name of the
 * user's own, or for one of an engine that many machines share.
 *
 * @throws PortForError with code `ERR_PORT_NO_HOME` if it has to be the user's own, and that has no place.
 */
export function configPlace(named?: string): ConfigPlace {
  const path = named ?? process.env.PORT_FOR_CONFIG ?? '';
  const machine = systemConfigPath();
  if (path !== '') {
    return isUserConfigPath(path) || isStoreUrl(path)
      ? { path, machine: { path: machine, hasNames: false } }
      : { path };
  }
  if (admits(machine, 'write') && canWrite(machine)) return { path: machine };
  return { path: userConfigPath(), machine: { path: machine, hasNames: admits(machine, 'read') } };
}

/**
 * The config file of a `PortStore` without a path: what the environment variable `PORT_FOR_CONFIG` says; else the file
 * of the whole machine ({@link systemConfigPath}), if this process may write it; else the user's own
 * ({@link userConfigPath}).
 *
 * @throws PortForError with code `ERR_PORT_NO_HOME` if it has to be the user's own, and the home folder is unknown.
 */
export function defaultConfigPath(): string {
  return configPlace().path;
}

/**
 * The config file of the whole machine, as option `--system` takes it: `/etc/port-for.conf`, on Windows
 * `%ProgramData%\port-for.conf`.
 */
export function systemConfigPath(): string {
  const { ProgramData = 'C:\\ProgramData' } = process.env;
  return process.platform === 'win32' ? join(ProgramData, FILE_NAME) : join('/etc', FILE_NAME);
}

/**
 * The config file of the current user alone, as option `--user` takes it: `port-for.conf` in `$XDG_CONFIG_HOME`, or in
 * `~/.config` where that is not set (XDG Base Directory Specification); on Windows in `%APPDATA%`.
 *
 * @throws PortForError with code `ERR_PORT_NO_HOME` if the home folder of the user is unknown.
 */
export function userConfigPath(): string {
  return join(userConfigFolder(), FILE_NAME);
}

/** Whether `path` is the current user's own config file, whose folder may be made where it is missing. */
export function isUserConfigPath(path: string): boolean {
  if (basename(path) !== FILE_NAME) return false;
  try {
    return path === userConfigPath();
  } catch {
    return false;
  }
}

/** Whether the file of the machine may be used so, where Windows lets anybody make it. */
function admits(machine: string, action: 'read' | 'write'): boolean {
  try {
    checkMachineFile(machine, action);
    return true;
  } catch {
    return false;
  }
}

/** Whether this process may write the file, or make it where it is missing. */
export function canWrite(path: string): boolean {
  // access(2) of Windows looks at the read-only attribute alone, not at the rights of the user.
  if (process.platform === 'win32') return canOpen(path);
  try {
    accessSync(path, constants.W_OK | constants.R_OK);
    return true;
  } catch (error) {
    return isMissing(error) && canMakeFileIn(dirname(path));
  }
}

function canOpen(path: string): boolean {
  try {
    closeSync(openSync(path, 'r+'));
    return true;
  } catch (error) {
    return isMissing(error);
  }
}

function canMakeFileIn(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function userConfigFolder(): string {
  const { XDG_CONFIG_HOME = '', APPDATA = '' } = process.env;
  if (isAbsolute(XDG_CONFIG_HOME)) return XDG_CONFIG_HOME;
  if (process.platform === 'win32' && isAbsolute(APPDATA)) return APPDATA;
  return join(homeFolder(), '.config');
}

function homeFolder(): string {
  const { homedir } = require('node:os') as typeof import('node:os');
  const home = attempt(homedir);
  if (home === undefined || !isAbsolute(home)) {
    throw new PortForError('ERR_PORT_NO_HOME', 'the home folder is unknown: set HOME, or name a config file');
  }
  return home;
}

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
