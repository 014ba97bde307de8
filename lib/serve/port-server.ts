import { createServer, type Server, type Socket } from 'node:net';
import { invalidValue, show } from '../arguments/invalid-argument';
import { NoFreePortError } from '../pick/errors';
import { allocateSync } from '../pick/pick';
import { identify, isAlive, type OwnerProcess } from '../pool/owner-process';
import { PortSet, toCandidates } from '../ports/port-set';
import type { PortSpec } from '../ports/port-spec';
import { availableGoodPorts } from '../registry/good-ports';

/** Where portpicker's clients look unless told otherwise: a name of the abstract namespace. */
export const DEFAULT_ADDRESS = '@unittest-portserver';

/** What a port server has done. */
export interface PortServerNumbers {
  /** Ports of the pool. */
  readonly ports: number;
  /** Ports that living processes have. */
  readonly taken: number;
  /** Requests that got a port. */
  readonly granted: number;
  /** Requests that got none, because the pool is empty. */
  readonly denied: number;
  /** Requests that were none. */
  readonly invalid: number;
}

/** A request is a number and a line feed; more than this is none. */
const LONGEST_REQUEST = 32;

/** sun_path of macOS; Linux has four bytes more. */
const LONGEST_ADDRESS = 103;

/** A client that says nothing for so long is hung up on, ms. */
const PATIENCE = 10_000;

/**
 * Serves ports by the protocol of portpicker's portserver: a client sends the number of the process that will use the
 * port, in decimal, and a line feed, and gets the port and a line feed, or is hung up on. A port comes back when that
 * process, told by its start from a later one of its number, has ended and the port can be bound for TCP and UDP.
 */
export class PortServer {
  readonly #pool: () => PortSet;
  readonly #owners = new Map<number, OwnerProcess>();
  readonly #counts = { granted: 0, denied: 0, invalid: 0 };
  readonly #server: Server = createServer({ allowHalfOpen: true }, (client) => this.#serve(client));

  /**
   * Makes a server that does not listen yet.
   * @param ports the pool; without, the good ports, none of which is ephemeral
   */
  constructor(ports?: PortSpec) {
    const named = ports === undefined ? undefined : toCandidates(ports, 'ports');
    this.#pool = () => named ?? availableGoodPorts();
  }

  /**
   * Listens on a Unix socket, by its path or, with a leading `@`, its abstract name.
   *
   * @param address a path, or `@` and an abstract name; at most 103 bytes
   * @throws RangeError for an address that is too long. The server's own error when it cannot listen.
   */
  listen(address: string): Promise<void> {
    // A longer path would be cut off, and another socket made.
    if (Buffer.byteLength(address) > LONGEST_ADDRESS) {
      throw invalidValue(
        `address ${show(address)} is too long for a Unix socket: at most ${LONGEST_ADDRESS} bytes`,
      );
    }
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(address.startsWith('@') ? `\0${address.slice(1)}` : address, () => {
        this.#server.removeListener('error', reject);
        resolve();
      });
    });
  }

  /** Stops serving. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** What it has done since it was made. */
  numbers(): PortServerNumbers {
    this.#collect();
    return { ports: this.#pool().size, taken: this.#owners.size, ...this.#counts };
  }

  #serve(client: Socket): void {
    let text = '';
    client.on('error', () => client.destroy());
    client.setTimeout(PATIENCE, () => client.destroy());
    client.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n') || text.length > LONGEST_REQUEST) this.#answer(client, text);
    });
    client.on('end', () => this.#answer(client, text));
  }

  #answer(client: Socket, text: string): void {
    client.removeAllListeners('data').removeAllListeners('end').resume();
    const port = this.#grant(text.trim());
    client.end(port === undefined ? '' : `${port}\n`, () => client.destroySoon());
  }

  #grant(text: string): number | undefined {
    const owner = /^\d{1,10}$/.test(text) && Number(text) > 1 ? identify(Number(text)) : undefined;
    if (owner === undefined) {
      this.#counts.invalid++;
      return undefined;
    }
    const port = this.#pick() ?? (this.#collect() ? this.#pick() : undefined);
    if (port === undefined) {
      this.#counts.denied++;
      return undefined;
    }
    this.#owners.set(port, owner);
    this.#counts.granted++;
    return port;
  }

  #pick(): number | undefined {
    const taken = new PortSet(this.#owners.keys());
    const ports = this.#pool().difference(taken);
    try {
      return ports.size === 0 ? undefined : allocateSync(1, { ports, transport: 'both' })[0];
    } catch (error) {
      if (error instanceof NoFreePortError) return undefined;
      throw error;
    }
  }

  /** Takes back the ports of processes that have ended; whether there were any. */
  #collect(): boolean {
    let isAny = false;
    for (const [port, owner] of this.#owners) {
      if (!isAlive(owner)) isAny = this.#owners.delete(port) || isAny;
    }
    return isAny;
  }
}
