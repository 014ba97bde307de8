import { basename, isAbsolute, join } from 'node:path';
import { PortForError } from '../errors/port-for-error';

const FILE_NAME = 'port-for.conf';

/**
 * The config file of a `PortStore` without a path: what the environment variable `PORT_FOR_CONFIG` says, else the
 * one of the whole machine, `/etc/port-for.conf` or on Windows `%ProgramData%\port-for.conf`.
 */
export function defaultConfigPath(): string {
  const { PORT_FOR_CONFIG, ProgramData = 'C:\\ProgramData' } = process.env;
  if (PORT_FOR_CONFIG !== undefined && PORT_FOR_CONFIG !== '') return PORT_FOR_CONFIG;
  return process.platform === 'win32' ? join(ProgramData, FILE_NAME) : join('/etc', FILE_NAME);
}

/**
 * The config file of the current user alone, as option `--user` takes it: `port-for.conf` in `$XDG_CONFIG_HOME`, or in
 * `~/.config` where that is not set (XDG Base Directory Specification); on Windows in `%APPDATA%`.
 * Throws where the user has no home folder.
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
    throw new PortForError(
      'ERR_PORT_NO_HOME',
      'the home folder is unknown: set HOME, or name a file with --config',
    );
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
