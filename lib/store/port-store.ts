import { invalidType, invalidValue, show } from '../arguments/invalid-argument';
import { checkOptions, checkTime, type OptionNames } from '../arguments/options';
import { checkoutRoot, realFolder } from '../checkout/checkout-root';
import { PortForError } from '../errors/port-for-error';
import type { Lease } from '../lease/lease';
import type { KeptAssociation } from './association';
import { configPlace } from './config-path';
import { checkName } from './name';
import type { NameRecord } from './name-record';
import type { NamedHold, NamedLeaseOptions } from './named-hold';
import { Names } from './names';
import { openRecord } from './open-record';
import { isStoreUrl } from './store-url';
import { type BindOptions, checkWish, preparePick, type Wish } from './wish';

/** How a store behaves. */
export interface PortStoreOptions {
  /**
   * How long a call waits for others that write the file, or for an engine to answer, in ms; 30,000 for a file and 10,000
   * for an engine unless given, `Infinity` allowed.
   */
  lockTimeout?: number | undefined;
}

const STORE_OPTIONS: OptionNames<PortStoreOptions> = { lockTimeout: true };

/** How checkouts are forgotten. */
export interface PruneOptions {
  /** Forgets nothing, and returns what would be forgotten. */
  dryRun?: boolean | undefined;
}

const PRUNE_OPTIONS: OptionNames<PruneOptions> = { dryRun: true };

/**
 * Names and their ports, remembered in a config file that this package shares with Python's port-for. Any number of
 * processes and threads may write it at once: every association that a call has returned stays, and no port is ever
 * given to two names. Names are folded to lower case. Every method can throw a `ConfigFileError` (a line that is
 * off), a `ConfigAccessError` (no permission, no space...) and a `ConfigLockedError` (somebody writes it for too long).
 *
 * A store without a path keeps names where the user may write: in the file of the machine, or else in the user's own.
 * In the second case the names of the machine's file are honoured: their ports are returned, and given to no other name.
 *
 * With a URL, `etcd://HOST:2379/PREFIX`, the names are in an etcd cluster that many machines share: one name means one port
 * on all of them. The answers and errors are those of a file; methods that end in `Sync` throw, since the cluster is
 * across a network, and so does {@link PortStore.project}. A port that is picked is free on the machine that picks it.
 */
export class PortStore {
  /** The config file that names are written to, absolute; of a store with a URL that, without user, password and query. */
  readonly path: string;
  readonly #config: NameRecord;
  readonly #lockTimeout: number | undefined;
  #names: Names;

  /**
   * @param path the config file, or the URL of an etcd cluster; unless given, `$PORT_FOR_CONFIG`; else the file of the
   *   machine, if this process may write it; else the user's own
   * @param options how long to wait for other writers
   * @throws PortForError with code `ERR_PORT_NO_HOME` if it has to be the user's own, and the home folder is unknown.
   *   RangeError for a URL that is none of a store.
   */
  constructor(path?: string, options: PortStoreOptions = {}) {
    const { lockTimeout } = checkOptions(options, STORE_OPTIONS);
    this.#lockTimeout = lockTimeout === undefined ? undefined : checkTime(lockTimeout, 'lockTimeout', 0);
    const place = configPlace(path === undefined ? undefined : checkPath(path));
    this.#config = openRecord(place.path, this.#lockTimeout);
    this.path = this.#config.path;
    const machine = place.machine && {
      config: openRecord(place.machine.path, this.#lockTimeout),
      hasNames: place.machine.hasNames,
    };
    this.#names = new Names(this.#config, machine);
  }

  /** The checkout whose names these are, by its real path; undefined for names of no checkout. */
  get folder(): string | undefined {
    return this.#names.folder;
  }

  /**
   * Whether names are read from the file `path`: it is the one that they are written to, or the machine's.
   * @param path an absolute path
   */
  honours(path: string): boolean {
    return this.#names.honours(path);
  }

  /**
   * The names of one checkout, in the same file: `web` of one checkout and `web` of another are two names, with two
   * ports. Names that the file `.ports` of the checkout declares get the port that they prefer there, if nobody has it.
   *
   * @param folder the checkout; by default the one that the current folder is part of, see {@link checkoutRoot}
   * @throws PortForError with code `ERR_PORT_NO_FOLDER` if there is no such folder, and `ERR_PORT_REMOTE_STORE` for a
   *   store that many machines share.
   */
  project(folder?: string): PortStore {
    if (isStoreUrl(this.path)) {
      const message = `${this.path} has no names of checkouts, which are folders of one machine: keep these in a config file`;
      throw new PortForError('ERR_PORT_REMOTE_STORE', message);
    }
    const store = open(this.path, { lockTimeout: this.#lockTimeout });
    store.#names = this.#names.of(folder === undefined ? checkoutRoot() : realFolder(folder));
    return store;
  }

  /**
   * The port of `name`. A name without one is associated first: with `port`, or unless given with a random good port
   * that is unused and belongs to no other name. Throws an `AssociationConflictError` when `name` has another port
   * or `port` another name, and a `NoFreePortError` when there is none left to pick.
   *
   * @param port the very port, or `{ port }`, or `{ prefer }`: a port that is taken if nobody has it
   * @param name 1 to 255 characters, folded to lower case
   */
  async bindPort(name: string, port?: number | BindOptions): Promise<number> {
    return this.#bindPort(checkWish(name, port));
  }

  /**
   * {@link PortStore.bindPort}, at once.
   * @param name 1 to 255 characters, folded to lower case
   * @param port as of {@link PortStore.bindPort}
   */
  bindPortSync(name: string, port?: number | BindOptions): number {
    return this.#bindPortSync(checkWish(name, port));
  }

  /**
   * Gives a name that has a port another one, in one step: `port`, or unless given one as {@link PortStore.bindPort}
   * picks it. Returns the new port.
   *
   * @param name 1 to 255 characters, folded to lower case
   * @param port the very port, or `{ port }`, or `{ prefer }`
   * @throws PortForError with code `ERR_PORT_UNKNOWN_NAME` if the name has no port. AssociationConflictError if another
   *   name has `port`.
   */
  async rebindPort(name: string, port?: number | BindOptions): Promise<number> {
    const wish = checkWish(name, port);
    const home = this.#names.homeOf(await this.#config.read(), wish.name);
    preparePick(wish);
    return home.update((config) => this.#names.rebind(config, wish));
  }

  /**
   * {@link PortStore.rebindPort}, at once.
   * @param name 1 to 255 characters, folded to lower case
   * @param port as of {@link PortStore.rebindPort}
   */
  rebindPortSync(name: string, port?: number | BindOptions): number {
    const wish = checkWish(name, port);
    const home = this.#names.homeOf(this.#config.readSync(), wish.name);
    preparePick(wish);
    return home.updateSync((config) => this.#names.rebind(config, wish));
  }

  /**
   * Holds the port of `name`, which is associated first where it has none, as {@link PortStore.bindPort} does: the
   * port is held before anybody can read of it. Connections that a closed server left behind (TIME_WAIT) are no bar
   * on Linux. Throws a `PortInUseError` that says who uses the port, and what `bindPort` throws.
   * @param name 1 to 255 characters, folded to lower case
   * @param options the port that the name shall have, and where and how to hold it
   */
  async lease(name: string, options: NamedLeaseOptions = {}): Promise<Lease> {
    const hold = await namedHold().at(options);
    try {
      const wish = checkWish(name, options, hold);
      return await hold.settle(wish.name, await this.#bindPort(wish));
    } catch (error) {
      hold.release();
      throw error;
    }
  }

  /**
   * {@link PortStore.lease}, at once. `host` must be an IP address or `localhost`.
   * @param name 1 to 255 characters, folded to lower case
   * @param options as of {@link PortStore.lease}
   */
  leaseSync(name: string, options: NamedLeaseOptions = {}): Lease {
    const hold = namedHold().atOnce(options);
    try {
      const wish = checkWish(name, options, hold);
      return hold.settleSync(wish.name, this.#bindPortSync(wish));
    } catch (error) {
      hold.release();
      throw error;
    }
  }

  /**
   * Forgets `name`. Returns the port that it had, or undefined when it had none. A name of the machine's file takes
   * the right to write that.
   * @param name 1 to 255 characters, folded to lower case
   */
  async unbindPort(name: string): Promise<number | undefined> {
    const key = checkName(name);
    const config = await this.#config.read();
    if (!this.#names.has(config, key)) return undefined;
    return this.#names.homeOf(config, key).update((config) => this.#names.unbind(config, key));
  }

  /**
   * {@link PortStore.unbindPort}, at once.
   * @param name 1 to 255 characters, folded to lower case
   */
  unbindPortSync(name: string): number | undefined {
    const key = checkName(name);
    const config = this.#config.readSync();
    if (!this.#names.has(config, key)) return undefined;
    return this.#names.homeOf(config, key).updateSync((config) => this.#names.unbind(config, key));
  }

  /**
   * The port of each name, in the order of the file, those of the machine's file last; empty where there is no file yet.
   */
  async boundPorts(): Promise<Map<string, number>> {
    return this.#names.ports(await this.#config.read());
  }

  /** {@link PortStore.boundPorts}, at once. */
  boundPortsSync(): Map<string, number> {
    return this.#names.ports(this.#config.readSync());
  }

  /**
   * Every name with its port, its file and its checkout: those of all checkouts and of none, in the files that this
   * store looks into.
   */
  async associations(): Promise<KeptAssociation[]> {
    return this.#names.all(await this.#config.read());
  }

  /** {@link PortStore.associations}, at once. */
  associationsSync(): KeptAssociation[] {
    return this.#names.all(this.#config.readSync());
  }

  /**
   * Forgets the names of checkouts whose folder is gone.
   *
   * @param options with `dryRun` nothing is forgotten
   * @returns what is, or would be, forgotten
   */
  async prune(options: PruneOptions = {}): Promise<KeptAssociation[]> {
    const { dryRun = false } = checkOptions(options, PRUNE_OPTIONS);
    const gone = this.#names.gone(await this.#config.read());
    if (gone.length === 0 || dryRun) return gone;
    return this.#config.update((config) => this.#names.prune(config));
  }

  /**
   * {@link PortStore.prune}, at once.
   * @param options with `dryRun` nothing is forgotten
   */
  pruneSync(options: PruneOptions = {}): KeptAssociation[] {
    const { dryRun = false } = checkOptions(options, PRUNE_OPTIONS);
    const gone = this.#names.gone(this.#config.readSync());
    if (gone.length === 0 || dryRun) return gone;
    return this.#config.updateSync((config) => this.#names.prune(config));
  }

  async #bindPort(wish: Wish): Promise<number> {
    const bound = this.#names.find(await this.#config.read(), wish);
    if (bound !== undefined) return bound;
    preparePick(wish);
    return this.#config.update((config) => this.#names.bind(config, wish));
  }

  #bindPortSync(wish: Wish): number {
    const bound = this.#names.find(this.#config.readSync(), wish);
    if (bound !== undefined) return bound;
    preparePick(wish);
    return this.#config.updateSync((config) => this.#names.bind(config, wish));
  }
}

function namedHold(): typeof NamedHold {
  return (require('./named-hold') as typeof import('./named-hold')).NamedHold;
}

function checkPath(path: unknown): string {
  if (typeof path !== 'string') throw invalidType('path', 'a string', path);
  if (path === '' || path.includes('\0')) throw invalidValue(`path ${show(path)} names no file`);
  if (/[/\\]$/.test(path) && !isStoreUrl(path) && (path.endsWith('/') || process.platform === 'win32')) {
    throw invalidValue(`path ${show(path)} names a folder: name a file in it`);
  }
  return path;
}

/** A class that names itself inside is renamed by the bundler. */
function open(path: string, options: PortStoreOptions): PortStore {
  return new PortStore(path, options);
}
