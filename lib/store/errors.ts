import { show } from '../arguments/invalid-argument';
import { didYouMean } from '../arguments/nearest';
import { PortForError } from '../errors/port-for-error';

/** A config file that holds something that neither this package nor Python's ConfigParser reads. */
export class ConfigFileError extends PortForError {
  /** The config file, absolute. */
  readonly path: string;
  /** The number of the invalid line; the first is 1. */
  readonly line: number;

  /** @internal */
  constructor(path: string, line: number, problem: string) {
    super('ERR_PORT_CONFIG', `${path}:${line}: ${problem}`);
    this.path = path;
    this.line = line;
  }
}

/**
 * A config file that cannot be read or written (no permission, no space, a folder in its place), or an engine of many
 * machines that does not answer, or refuses this user.
 */
export class ConfigAccessError extends PortForError {
  /** The config file, absolute; or the URL of the engine without user and password. */
  readonly path: string;
  /** The kernel's name for the fault: `'EACCES'`; `'ETIMEDOUT'` where no majority of an engine answered in time. */
  readonly systemCode: string;

  /** @internal */
  constructor(path: string, systemCode: string, message: string, options?: { readonly cause?: unknown }) {
    super('ERR_PORT_CONFIG_ACCESS', message, options);
    this.path = path;
    this.systemCode = systemCode;
  }
}

/**
 * What keeps a call from a config file: the lock of another writer, or somebody who writes the file without one, as
 * Python's port-for does.
 *
 * @internal
 */
export type Obstacle = 'locked' | 'written';

const OBSTACLES: Record<Obstacle, string> = {
  locked: 'locked by another process',
  written: 'being written by another process',
};

/** What names the process that has a file. */
const FINDERS =
  process.platform === 'win32'
    ? 'Resource Monitor names it, by its search of handles'
    : 'lslocks, or fuser on the file, names it';

/** Somebody else kept a config file for longer than a call waits. */
export class ConfigLockedError extends PortForError {
  /** The config file, absolute. */
  readonly path: string;
  /** How long the call waited, in ms. */
  readonly waited: number;

  /** @internal */
  constructor(path: string, waited: number, obstacle: Obstacle) {
    super(
      'ERR_PORT_CONFIG_LOCKED',
      `${path} is still ${OBSTACLES[obstacle]} after ${waited / 1000} s: end that process (${FINDERS}), or try again`,
    );
    this.path = path;
    this.waited = waited;
  }
}

/** A name and its port. */
export interface Association {
  /** The name, folded to lower case. */
  readonly name: string;
  /** The port of the name, 1 to 65535. */
  readonly port: number;
  /** The checkout whose name it is, by its real path; undefined for a name of none. */
  readonly folder?: string | undefined;
}

/** What was asked for contradicts an association that is there: of the same name, or of the same port. */
export class AssociationConflictError extends PortForError {
  /** The association that was asked for. */
  readonly wanted: Association;
  /** The association that is in the way. */
  readonly existing: Association;

  /** @internal */
  constructor(wanted: Association, existing: Association) {
    const { name, port, folder } = existing;
    const where = folder === undefined ? '' : ` of ${folder}`;
    super(
      'ERR_PORT_CONFLICT',
      wanted.port !== port
        ? `${show(name)} is associated with port ${port}, not with ${wanted.port}: unbind ${show(name)} first`
        : `port ${port} is associated with ${show(name)}${where}, not with ${show(wanted.name)}: name another port, or unbind ${show(name)} first`,
    );
    this.wanted = wanted;
    this.existing = existing;
  }
}

/** The error about a name that has no port where it has to have one. */
export function unknownName(
  name: string,
  { path, folder }: { readonly path: string; readonly folder: string | undefined },
  names: Iterable<string>,
): PortForError {
  const place = folder === undefined ? path : `${path} of ${folder}`;
  return new PortForError(
    'ERR_PORT_UNKNOWN_NAME',
    `${show(name)} has no port in ${place}${didYouMean(name, names)}`,
  );
}
