import { dirname, resolve } from 'node:path';
import { invalidType, invalidValue, show } from '../arguments/invalid-argument';
import { checkOptions, checkTime } from '../arguments/options';
import type { Lease } from '../lease/lease';
import { checkPort } from '../ports/port';
import { hasCode, toAccessError } from './access-error';
import { readFile, readFileSync } from './config-file';
import { defaultConfigPath, isUserConfigPath } from './config-path';
import { addAssociation, parseConfig, removeAssociation } from './config-text';
import { AssociationConflictError } from './errors';
import type { Decision } from './locked-file';
import { checkName } from './name';
import type { NamedHold, NamedLeaseOptions } from './named-hold';

export interface PortStoreOptions {
  /** How long a call waits for others that write the file, in ms; 30,000 unless given, `Infinity` allowed. */
  lockTimeout?: number;
}

/**
 * Names and their ports, remembered in a config file that this package shares with Python's port-for. Any number of
 * processes and threads may write it at once: every association that a call has returned stays, and no port is ever
 * given to two names. Names are folded to lower case. Every method can throw a `ConfigFileError` (a line that is
 * off), a `ConfigAccessError` (no permission, no space...) and a `ConfigLockedError` (somebody writes it for too long).
 */
export class PortStore {
  /** The config file, absolute. */
  readonly path: string;
  readonly #lockTimeout: number;

  /** @param path the config file; unless given, `$PORT_FOR_CONFIG`, else the one of the whole machine */
  constructor(path: string = defaultConfigPath(), options: PortStoreOptions = {}) {
    const { lockTimeout = 30_000 } = checkOptions(options);
    this.path = resolve(checkPath(path));
    this.#lockTimeout = checkTime(lockTimeout, 'lockTimeout', 0);
  }

  /**
   * The port of `name`. A name without one is associated first: with `port`, or unless given with a random good port
   * that is unused and belongs to no other name. Throws an `AssociationConflictError` when `name` has another port
   * or `port` another name, and a `NoFreePortError` when there is none left to pick.
   */
  async bindPort(name: string, port?: number): Promise<number> {
    return this.#bindPort(checkWanted(name, port));
  }

  /** {@link PortStore.bindPort}, at once. */
  bindPortSync(name: string, port?: number): number {
    return this.#bindPortSync(checkWanted(name, port));
  }

  /**
   * Holds the port of `name`, which is associated first where it has none, as {@link PortStore.bindPort} does: the
   * port is held before anybody can read of it. Connections that a closed server left behind (TIME_WAIT) are no bar
   * on Linux. Throws a `PortInUseError` that says who uses the port, and what `bindPort` throws.
   */
  async lease(name: string, options: NamedLeaseOptions = {}): Promise<Lease> {
    const hold = await namedHold().at(options);
    try {
      const wanted = checkWanted(name, options.port, hold);
      return await hold.settle(wanted.name, await this.#bindPort(wanted));
    } catch (error) {
      hold.release();
      throw error;
    }
  }

  /** {@link PortStore.lease}, at once. `host` must be an IP address or `localhost`. */
  leaseSync(name: string, options: NamedLeaseOptions = {}): Lease {
    const hold = namedHold().atOnce(options);
    try {
      const wanted = checkWanted(name, options.port, hold);
      return hold.settleSync(wanted.name, this.#bindPortSync(wanted));
    } catch (error) {
      hold.release();
      throw error;
    }
  }

  /** Forgets `name`. Gives the port that it had, or undefined when it had none. */
  async unbindPort(name: string): Promise<number | undefined> {
    const key = checkName(name);
    if (!(await this.boundPorts()).has(key)) return undefined;
    return this.#update((content) => this.#unbind(content, key));
  }

  /** {@link PortStore.unbindPort}, at once. */
  unbindPortSync(name: string): number | undefined {
    const key = checkName(name);
    if (!this.boundPortsSync().has(key)) return undefined;
    return this.#updateSync((content) => this.#unbind(content, key));
  }

  /** The port of each name, in the order of the file; empty where there is no file yet. */
  async boundPorts(): Promise<Map<string, number>> {
    try {
      return parseConfig(await readFile(this.path, this.#lockTimeout), this.path).ports;
    } catch (error) {
      return this.#noPorts(error);
    }
  }

  /** {@link PortStore.boundPorts}, at once. */
  boundPortsSync(): Map<string, number> {
    try {
      return parseConfig(readFileSync(this.path, this.#lockTimeout), this.path).ports;
    } catch (error) {
      return this.#noPorts(error);
    }
  }

  /** A user's own config folder is made on first use. */
  #noPorts(error: unknown): Map<string, number> {
    if (hasCode(error, ['ENOENT']) && isUserConfigPath(this.path)) return new Map();
    throw toAccessError(error, this.path, 'read');
  }

  async #bindPort(wanted: Wanted): Promise<number> {
    const bound = findBound(await this.boundPorts(), wanted);
    return bound ?? this.#update((content) => this.#bind(content, wanted));
  }

  #bindPortSync(wanted: Wanted): number {
    const bound = findBound(this.boundPortsSync(), wanted);
    return bound ?? this.#updateSync((content) => this.#bind(content, wanted));
  }

  #bind(content: Buffer, wanted: Wanted): Decision<number> {
    const config = parseConfig(content, this.path);
    const bound = findBound(config.ports, wanted);
    if (bound !== undefined) return { result: bound };
    const port = wanted.choose([...config.ports.values()]);
    return { result: port, content: addAssociation(config, wanted.name, port) };
  }

  #unbind(content: Buffer, name: string): Decision<number | undefined> {
    const config = parseConfig(content, this.path);
    const port = config.ports.get(name);
    return port === undefined ? { result: port } : { result: port, content: removeAssociation(config, name) };
  }

  async #update<T>(decide: (content: Buffer) => Decision<T>): Promise<T> {
    try {
      this.#makeFolder();
      return await writer().updateFile(this.path, this.#lockTimeout, decide);
    } catch (error) {
      throw toAccessError(error, this.path, 'write');
    }
  }

  #updateSync<T>(decide: (content: Buffer) => Decision<T>): T {
    try {
      this.#makeFolder();
      return writer().updateFileSync(this.path, this.#lockTimeout, decide);
    } catch (error) {
      throw toAccessError(error, this.path, 'write');
    }
  }

  /** A user's own config folder is made on first use; no other folder is. */
  #makeFolder(): void {
    if (isUserConfigPath(this.path)) writer().makeFolders(dirname(this.path));
  }
}

/** What writes is loaded by the first call that has something to write: it needs the addon. */
function writer(): typeof import('./update-file') {
  return require('./update-file');
}

function namedHold(): typeof NamedHold {
  return (require('./named-hold') as typeof import('./named-hold')).NamedHold;
}

interface Wanted {
  readonly name: string;
  readonly port: number | undefined;
  /** The port for a name that has none: the one that is wished for, or one that is none of `exclude`. */
  readonly choose: (exclude: readonly number[]) => number;
}

/** With a `hold`, the port is held before it is chosen. */
function checkWanted(nameOf: unknown, portOf: unknown, hold?: NamedHold): Wanted {
  const name = checkName(nameOf);
  const port = portOf === undefined ? undefined : checkPort(portOf);
  const choose = (exclude: readonly number[]) => {
    if (port === undefined) return hold?.pick(exclude) ?? pickPort(exclude);
    hold?.claim(name, port);
    return port;
  };
  return { name, port, choose };
}

/** The port that the name has; undefined when it may have one. Throws where the wish contradicts what is there. */
function findBound(ports: ReadonlyMap<string, number>, { name, port }: Wanted): number | undefined {
  const bound = ports.get(name);
  if (port === undefined || bound === port) return bound;
  if (bound !== undefined) throw new AssociationConflictError({ name, port }, { name, port: bound });
  for (const [otherName, otherPort] of ports) {
    if (otherPort === port) throw new AssociationConflictError({ name, port }, { name: otherName, port });
  }
  return undefined;
}

function pickPort(exclude: readonly number[]): number {
  const { selectRandomSync } = require('../pick/pick') as typeof import('../pick/pick');
  return selectRandomSync({ exclude });
}

function checkPath(path: unknown): string {
  if (typeof path !== 'string') throw invalidType('path', 'a string', path);
  if (path === '' || path.includes('\0')) throw invalidValue(`path ${show(path)} names no file`);
  return path;
}
