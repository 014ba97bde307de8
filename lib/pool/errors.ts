import { show } from '../arguments/invalid-argument';
import { PortForError } from '../errors/port-for-error';

/** The state file of a pool cannot be used: another pool has it, a line is off, or the system refuses. */
export class PoolStateError extends PortForError {
  /** The state file. */
  readonly path: string;

  /** @internal */
  constructor(path: string, reason: string, options?: { readonly cause?: unknown }) {
    super('ERR_PORT_POOL_STATE', `state file ${show(path)} ${reason}`, options);
    this.path = path;
  }
}
