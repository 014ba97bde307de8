import { PortForError } from '../errors/port-for-error';
import type { HostPort } from './host-port';

/** What a wait was for. */
export type PortState = 'free' | 'occupied';

/** The time was up before every port was in the state that was waited for. */
export class PortTimeoutError extends PortForError {
  /** The state that was waited for. */
  readonly state: PortState;
  /** The targets that were not in it, in the order in which they were given. */
  readonly pending: readonly HostPort[];

  /**
   * `total` is the number of all targets; `cause` is the last fault that kept a target from being asked.
   * @internal
   */
  constructor(state: PortState, pending: readonly HostPort[], total: number, cause?: Error) {
    super('ERR_PORT_TIMEOUT', describePending(state, pending, total, cause), { cause });
    this.state = state;
    this.pending = pending;
  }

  /** The host of the first target that was not in the state. */
  get host(): string | undefined {
    return this.pending[0]?.host;
  }

  /** The port of the first target that was not in the state. */
  get port(): number | undefined {
    return this.pending[0]?.port;
  }
}

const MOST_NAMED = 10;

function describePending(
  state: PortState,
  pending: readonly HostPort[],
  total: number,
  cause: Error | undefined,
): string {
  const missing = state === 'free' ? 'not free' : 'not bound';
  const [first] = pending;
  if (first !== undefined && total === 1) {
    return `Port ${first.port} ${missing} on ${first.host}${cause === undefined ? '' : `: ${cause.message}`}.`;
  }
  const named = pending.slice(0, MOST_NAMED).join(', ');
  const rest = pending.length > MOST_NAMED ? ` and ${pending.length - MOST_NAMED} more` : '';
  const why = cause === undefined ? '' : ` (${cause.message})`;
  return `${pending.length} of ${total} ports ${missing}: ${named}${rest}${why}.`;
}

/** A port that should be free accepts connections. */
export class PortNotFreeError extends PortForError {
  /** The host as it was given. */
  readonly host: string;
  /** The port that accepts connections, 1 to 65535. */
  readonly port: number;
  /** The address of the host that accepted. */
  readonly address: string;

  /** @internal */
  constructor(host: string, port: number, address: string) {
    super('ERR_PORT_NOT_FREE', `Port ${port} is in use on ${host}.`);
    this.host = host;
    this.port = port;
    this.address = address;
  }
}
