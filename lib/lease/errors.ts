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
