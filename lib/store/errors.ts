import { show } from '../arguments/invalid-argument';
import { PortForError } from '../errors/port-for-error';

/** A config file that holds something that neither this package nor Python's ConfigParser reads. */
export class ConfigFileError extends PortForError {
  readonly path: string;
  /** The number of the invalid line; the first is 1. */
  readonly line: number;

  constructor(path: string, line: number, problem: string) {
    super('ERR_PORT_CONFIG', `${path}:${line}: ${problem}`);
    this.path = path;
    this.line = line;
  }
}

/** A config file that cannot be read or written: no permission, no space, a folder in its place. */
export class ConfigAccessError extends PortForError {
  readonly path: string;
  /** The kernel's name for the fault: `'EACCES'`. */
  readonly systemCode: string;

  constructor(path: string, systemCode: string, message: string, options?: ErrorOptions) {
    super('ERR_PORT_CONFIG_ACCESS', message, options);
    this.path = path;
    this.systemCode = systemCode;
  }
}

/** Somebody else kept the lock of a config file for longer than a writer waits. */
export class ConfigLockedError extends PortForError {
  readonly path: string;
  /** How long the writer waited, in ms. */
  readonly waited: number;

  constructor(path: string, waited: number) {
    super(
      'ERR_PORT_CONFIG_LOCKED',
      `${path} is still locked by another process after ${waited / 1000} s: end that process (lslocks, or fuser on the file, names it), or try again`,
    );
    this.path = path;
    this.waited = waited;
  }
}

/** What was asked for contradicts an association that is there: of the same name, or of the same port. */
export class AssociationConflictError extends PortForError {
  /** The name and the port that were asked for. */
  readonly wanted: { readonly name: string; readonly port: number };
  /** The association that is in the way. */
  readonly existing: { readonly name: string; readonly port: number };

  constructor(wanted: { name: string; port: number }, existing: { name: string; port: number }) {
    const { name, port } = existing;
    super(
      'ERR_PORT_CONFLICT',
      wanted.name === name
        ? `${show(name)} is associated with port ${port}, not with ${wanted.port}: unbind ${show(name)} first`
        : `port ${port} is associated with ${show(name)}, not with ${show(wanted.name)}: name another port, or unbind ${show(name)} first`,
    );
    this.wanted = wanted;
    this.existing = existing;
  }
}
