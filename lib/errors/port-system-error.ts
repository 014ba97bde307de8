import { PortForError } from './port-for-error';

/** The kernel refused a call for a reason that says nothing about the port, such as EMFILE. */
export class PortSystemError extends PortForError {
  /** The kernel's name for the fault: `'EMFILE'`. */
  readonly systemCode: string;
  /** The call that failed: `'socket'`. */
  readonly syscall: string;

  /** @internal */
  constructor(systemCode: string, syscall: string, message: string, options?: { readonly cause?: unknown }) {
    super('ERR_PORT_SYSTEM', message, options);
    this.systemCode = systemCode;
    this.syscall = syscall;
  }
}

/**
 * What to throw where a part of the package could not be loaded when it was first used: a {@link PortSystemError} where no
 * descriptor was left to read its file, else the error itself.
 * @internal
 */
export function partUnread(error: unknown): unknown {
  const { code, syscall = 'open' } = error as NodeJS.ErrnoException;
  if (code !== 'EMFILE' && code !== 'ENFILE') return error;
  const message = `${code}: no descriptor is left to read a part of the package, ${syscall}: raise the limit of open files (ulimit -n), or use the function once before`;
  return new PortSystemError(code, syscall, message, { cause: error });
}
