import { PortForError } from '../errors/port-for-error';

/** A command that could not be started, with the exit code that shells have for it. */
export class CommandError extends PortForError {
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super('ERR_PORT_COMMAND', message, options);
    this.exitCode = exitCode;
  }
}
