import { show } from '../arguments/invalid-argument';
import { PortForError } from '../errors/port-for-error';
import type { PortOwner } from '../machine/port-owners';

/** Somebody else uses the port of a name. */
export class PortInUseError extends PortForError {
  /** The port in use, 1 to 65535. */
  readonly port: number;
  /** The name that the port is associated with. */
  readonly portName: string;
  /** Who uses it: the process that listens, or the first that has it open; undefined where the system hides it. */
  readonly owner: PortOwner | undefined;

  /** @internal */
  constructor(port: number, portName: string, owner: PortOwner | undefined) {
    const user =
      owner === undefined
        ? 'by whom the system does not show (another user, or a connection that lingers for a minute)'
        : `by ${show(owner.command)} (pid ${owner.pid}${owner.pid === process.pid ? ', this process' : ''})`;
    super(
      'ERR_PORT_IN_USE',
      `port ${port} of ${show(portName)} is in use ${user}: stop that, or unbind ${show(portName)} to get another port`,
    );
    this.port = port;
    this.portName = portName;
    this.owner = owner;
  }
}

/**
 * Somebody else bound the port of an exclusive lease in the microseconds in which a server got it. The server does not
 * listen. {@link Lease.listen} says where that can happen.
 */
export class PortEnteredError extends PortForError {
  /** The port of the lease, 1 to 65535. */
  readonly port: number;
  /** Who has it open; undefined where it is closed again, or the system hides who. */
  readonly owner: PortOwner | undefined;

  /**
   * @internal
   */
  constructor(port: number, owner: PortOwner | undefined) {
    const user = owner === undefined ? 'a process' : `${show(owner.command)} (pid ${owner.pid})`;
    super(
      'ERR_PORT_ENTERED',
      `${user} bound port ${port} at the moment when the server was to get it: stop that, or take the lease at the host of the server, so that nobody can`,
    );
    this.port = port;
    this.owner = owner;
  }
}
