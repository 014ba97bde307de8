import { PortForError } from '../errors/port-for-error';
import type { PortUse } from '../who/port-use';

/** Why a listener is not stopped. */
export type StopRefusal =
  | 'this process'
  | 'first process'
  | 'kernel'
  | 'hidden'
  | 'no rights'
  | 'container'
  | 'other checkout'
  | 'lease';

/** A listener that is not stopped: it must not be, this process may not, or `force` is missing. */
export class StopRefusedError extends PortForError {
  /** Why not. */
  readonly refusal: StopRefusal;
  /** Who has the port. */
  readonly use: PortUse;

  /** @internal */
  constructor(refusal: StopRefusal, message: string, use: PortUse) {
    super('ERR_PORT_STOP_REFUSED', message);
    this.refusal = refusal;
    this.use = use;
  }
}

/** A port that is still used, or is used again, after its listener was stopped. */
export class StopFailedError extends PortForError {
  /** Who has the port now. */
  readonly use: PortUse;
  /** Whether another process took it after the listener had ended, as a supervisor's restart does. */
  readonly isTakenAgain: boolean;

  /** @internal */
  constructor(message: string, use: PortUse, isTakenAgain: boolean) {
    super('ERR_PORT_STOP_FAILED', message);
    this.use = use;
    this.isTakenAgain = isTakenAgain;
  }
}
