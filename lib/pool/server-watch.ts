import { addon } from '../addon/addon';
import { PortSet } from '../ports/port-set';

/** Calls back when servers begin and cease to listen on TCP ports, as sweeps of the socket table show. */
export class ServerWatch {
  readonly #timer: NodeJS.Timeout;
  #listening = new PortSet();

  /**
   * @param interval the time between two sweeps, ms
   * @param ports the ports to look at, as of each sweep
   * @param onChange called for each port where a server was found or has gone
   */
  constructor(
    interval: number,
    ports: () => Iterable<number>,
    onChange: (port: number, listens: boolean) => void,
  ) {
    this.#timer = setInterval(() => this.#sweep(ports(), onChange), interval).unref();
  }

  /** Ends the watch. */
  close(): void {
    clearInterval(this.#timer);
  }

  #sweep(ports: Iterable<number>, onChange: (port: number, listens: boolean) => void): void {
    const bits = addon.tablePorts('tcp', 'listen');
    if (bits === undefined) return;
    const before = this.#listening;
    const now = PortSet.fromBits(bits);
    this.#listening = now;
    for (const port of ports) if (now.has(port) !== before.has(port)) onChange(port, now.has(port));
  }
}
