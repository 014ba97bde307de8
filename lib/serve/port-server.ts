import { closeSync, constants, lstatSync, openSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addon } from '../addon/addon';
import { PortSystemError } from '../errors/port-system-error';
import { connectUnix, listenUnix } from '../machine/unix-socket';
import { NoFreePortError } from '../pick/errors';
import { allocateSync } from '../pick/pick';
import { identify, type OwnerProcess } from '../pool/owner-process';
import { type PortSet, toCandidates } from '../ports/port-set';
import type { PortSpec } from '../ports/port-spec';
import { availableGoodPorts } from '../registry/good-ports';
import { checkAddress } from './address';
import { Grants } from './grants';

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

/** How many requests one pick answers: it opens four sockets for each. */
const MOST_TOGETHER = 16;

/** Whoever locks the folder of a socket for longer than this, ms, is no server that starts. */
const LONGEST_LOCK = 2000;

/** A client that says nothing for so long is hung up on, ms. */
const PATIENCE = 10_000;

/**
 * Serves ports by the protocol of portpicker's portserver: a client sends the number of the process that will use the
 * port, in decimal, and a line feed, and gets the port and a line feed, or is hung up on. A port comes back when that
 * process, told by its start from a later one of its number, has ended and the port can be bound for TCP and UDP.
 */
export class PortServer {
  readonly #pool: () => PortSet;
  readonly #grants = new Grants();
  /** Clients that have not said yet what they want. */
  readonly #silent = new Set<Socket>();
  readonly #asking: { client: Socket; owner: OwnerProcess }[] = [];
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
   * Listens on a Unix socket, by its path or, with a leading `@`, its abstract name. Replaces the socket file of a server
   * that was killed.
   *
   * @param address a path, or `@` and an abstract name; at most 103 bytes
   * @throws RangeError for an address that is too long. The server's own error when it cannot listen.
   */
  listen(address: string): Promise<void> {
    checkAddress(address);
    return this.#listenOrReplace(address);
  }

  async #listenOrReplace(address: string): Promise<void> {
    if (address.startsWith('@')) return this.#listen(address);
    const folder = await lockFolder(dirname(address));
    try {
      await this.#listen(address);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
      if (!(await isLeftBehind(address))) throw error;
      unlinkSync(address);
      await this.#listen(address);
    } finally {
      if (folder !== undefined) closeSync(folder);
    }
  }

  #listen(address: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      listenUnix(this.#server, address, () => {
        this.#server.removeListener('error', reject);
        resolve();
      });
    });
  }

  /** Stops serving: answers the requests that it has read, and hangs up on who has made none. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const client of this.#silent) client.destroy();
    });
  }

  /** What it has done since it was made. */
  numbers(): PortServerNumbers {
    this.#grants.collect();
    return { ports: this.#pool().size, taken: this.#grants.size, ...this.#counts };
  }

  #serve(client: Socket): void {
    let text = '';
    let isWhole = false;
    const answer = (): void => {
      isWhole = true;
      this.#silent.delete(client);
      this.#answer(client, text.trim());
    };
    this.#silent.add(client);
    client.on('close', () => this.#silent.delete(client));
    client.on('error', () => client.destroy());
    client.setTimeout(PATIENCE, () => client.destroy());
    client.on('data', (chunk) => {
      if (isWhole) return;
      text += chunk.toString('latin1');
      if (text.includes('\n') || text.length > LONGEST_REQUEST) answer();
    });
    client.on('end', () => {
      if (!isWhole) answer();
    });
  }

  #answer(client: Socket, text: string): void {
    const owner = /^\d{1,10}$/.test(text) && Number(text) > 1 ? identify(Number(text)) : undefined;
    if (owner === undefined) {
      this.#counts.invalid++;
      client.destroy();
      return;
    }
    // Those whose requests the event loop reads in the same turn are given ports together: one pick of many costs less.
    if (this.#asking.length === 0) setImmediate(() => this.#give());
    this.#asking.push({ client, owner });
  }

  #give(): void {
    const askers = this.#asking.splice(0, MOST_TOGETHER);
    if (this.#asking.length > 0) setImmediate(() => this.#give());
    const ports = askers.length === 1 ? [] : this.#pick(askers.length);
    for (const [index, { client, owner }] of askers.entries()) {
      const port = ports[index] ?? this.#pick(1)[0];
      if (port === undefined) this.#pickAgain(owner).then((later) => this.#reply(client, later));
      else {
        this.#grants.add(port, owner);
        this.#reply(client, port);
      }
    }
  }

  /** Sends the port, if there is one, and hangs up. */
  #reply(client: Socket, port: number | undefined): void {
    if (port === undefined) {
      this.#counts.denied++;
      client.destroy();
      return;
    }
    this.#counts.granted++;
    // A stream that is destroyed before its write is over makes an error for it.
    client.write(`${port}\n`, 'latin1', () => setImmediate(() => client.destroy()));
  }

  /** Where the pool is empty: after a look for processes that have ended, which many requests share. */
  async #pickAgain(owner: OwnerProcess): Promise<number | undefined> {
    const { lookedAt, untilLook } = this.#grants;
    if (untilLook > 0) {
      await sleep(untilLook);
      const port = this.#pickFor(owner);
      if (port !== undefined || this.#grants.lookedAt > lookedAt) return port;
    }
    return this.#grants.collect() ? this.#pickFor(owner) : undefined;
  }

  #pickFor(owner: OwnerProcess): number | undefined {
    const [port] = this.#pick(1);
    if (port !== undefined) this.#grants.add(port, owner);
    return port;
  }

  /** So many different free ports, or none. The caller grants them in the same turn, so that nobody else is given them. */
  #pick(count: number): number[] {
    const ports = this.#grants.removeFrom(this.#pool());
    if (ports.size < count) return [];
    try {
      return allocateSync(count, { ports, transport: 'both' });
    } catch (error) {
      // A server that lacks descriptors for a moment denies, and goes on.
      if (error instanceof NoFreePortError || error instanceof PortSystemError) return [];
      throw error;
    }
  }
}

/** Whether a path is that of a socket on which nobody listens any more. */
async function isLeftBehind(path: string): Promise<boolean> {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket()) return false;
  const client = connectUnix(path);
  const code = await new Promise<string | undefined>((resolve) => {
    client.once('connect', () => resolve(undefined));
    client.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  client.destroy();
  return code === 'ECONNREFUSED';
}

/**
 * Locks the folder of a socket: of two servers that start at once, one would remove the socket of the other, which does
 * not listen yet when it is looked at. Undefined where we cannot, and then listening itself says what is wrong.
 */
async function lockFolder(path: string): Promise<number | undefined> {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY);
  } catch {
    return undefined;
  }
  const end = performance.now() + LONGEST_LOCK;
  while (!addon.tryLock(fd) && performance.now() < end) await sleep(5);
  return fd;
}
