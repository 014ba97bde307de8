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
