import { type KeptAssociation, listAssociations, listGone } from './association';
import {
  addAssociation,
  type ConfigText,
  changeAssociation,
  checkNoOddity,
  parseConfig,
  portsOf,
  removeAssociation,
  removeSections,
} from './config-text';
import { declaredPorts } from './declared-ports';
import { AssociationConflictError, ConfigAccessError, unknownName } from './errors';
import { DEFAULT_SECTION } from './ini';
import type { Decision } from './locked-file';
import type { NameRecord } from './name-record';
import { sectionOf } from './section';
import { choosePort, type Wish } from './wish';

/** The file of the machine, beside a user's own. */
export interface MachineFile {
  readonly config: NameRecord;
  /** Whether its names are honoured; its ports belong to them in any case. */
  readonly hasNames: boolean;
}

/**
 * The names of one checkout, or of none, in a config file and in the machine's. Says what the text of the file means for
 * them, and decides on changes of it; a {@link NameRecord} reads and writes the text.
 */
export class Names {
  /** The checkout whose names these are; undefined for those of none. */
  readonly folder: string | undefined;
  readonly #config: NameRecord;
  readonly #machine: MachineFile | undefined;
  readonly #section: string;

  constructor(config: NameRecord, machine: MachineFile | undefined, folder?: string) {
    this.#config = config;
    this.#machine = machine;
    this.folder = folder;
    this.#section = folder === undefined ? DEFAULT_SECTION : sectionOf(folder);
  }

  /** The same files, the names of a checkout. */
  of(folder: string): Names {
    return new Names(this.#config, this.#machine, folder);
  }

  /** Whether names are read from the file `path`. */
  honours(path: string): boolean {
    return (
      path === this.#config.path || (this.#machine?.hasNames === true && path === this.#machine.config.path)
    );
  }

  /** The port of each name, those of the machine's file last. */
  ports(config: ConfigText): Map<string, number> {
    const ports = new Map(portsOf(config, this.#section));
    for (const [name, port] of this.#machinePorts()) if (!ports.has(name)) ports.set(name, port);
    return ports;
  }

  /** The associations of all checkouts and of none, in both files. */
  all(config: ConfigText): KeptAssociation[] {
    const own = listAssociations(config, this.#config.path);
    const { path } = this.#machine?.config ?? {};
    return path === undefined ? own : [...own, ...listAssociations(this.#readMachine(), path)];
  }

  /** Whether `name` has a port. Throws where the file has a line for it that cannot be read. */
  has(config: ConfigText, name: string): boolean {
    checkNoOddity(config, this.#section, name);
    return this.ports(config).has(name);
  }

  /** The port that a name has; undefined where it may be given one. Throws where the wish contradicts the files. */
  find(config: ConfigText, { name, port }: Wish): number | undefined {
    checkNoOddity(config, this.#section, name);
    const bound = portsOf(config, this.#section).get(name) ?? this.#machinePorts().get(name);
    if (port === undefined || bound === port) return bound;
    if (bound !== undefined) throw new AssociationConflictError({ name, port }, { name, port: bound });
    this.#checkUnowned(config, name, port);
    return undefined;
  }

  /** The file that has the name: the own one, unless only the machine's has it. */
  homeOf(config: ConfigText, name: string): NameRecord {
    const isMachines = !portsOf(config, this.#section).has(name) && this.#machinePorts().has(name);
    return isMachines && this.#machine !== undefined ? this.#machine.config : this.#config;
  }

  /** Gives a name a port if it has none. */
  bind(config: ConfigText, wish: Wish): Decision<number> {
    const bound = this.find(config, wish);
    if (bound !== undefined) return { result: bound };
    const port = choosePort(this.#withDeclared(wish), this.#takenPorts(config));
    return { result: port, content: addAssociation(config, this.#section, wish.name, port) };
  }

  /** Gives a name that has a port another one. */
  rebind(config: ConfigText, wish: Wish): Decision<number> {
    const { name, port: wanted } = wish;
    checkNoOddity(config, this.#section, name);
    const ports = portsOf(config, this.#section);
    const before = ports.get(name);
    if (before === undefined) {
      throw unknownName(name, { path: this.#config.path, folder: this.folder }, ports.keys());
    }
    if (wanted === before) return { result: before };
    if (wanted !== undefined) this.#checkUnowned(config, name, wanted);
    const port = choosePort(wish, this.#takenPorts(config));
    return { result: port, content: changeAssociation(config, this.#section, name, port) };
  }

  /** Forgets a name. */
  unbind(config: ConfigText, name: string): Decision<number | undefined> {
    const port = portsOf(config, this.#section).get(name);
    if (port === undefined) return { result: port };
    return { result: port, content: removeAssociation(config, this.#section, name) };
  }

  /** Forgets the names of checkouts whose folder is gone. */
  prune(config: ConfigText): Decision<KeptAssociation[]> {
    const gone = this.gone(config);
    const sections = new Set(gone.map(({ folder = '' }) => sectionOf(folder)));
    return { result: gone, content: removeSections(config, sections) };
  }

  /** The names of checkouts whose folder is gone. */
  gone(config: ConfigText): KeptAssociation[] {
    return listGone(config, this.#config.path);
  }

  /** Throws where another name has the port, in whatever section. */
  #checkUnowned(config: ConfigText, name: string, port: number): void {
    const owner = this.all(config).find(
      (one) => one.port === port && !(one.name === name && one.folder === this.folder),
    );
    if (owner !== undefined) throw new AssociationConflictError({ name, port }, owner);
  }

  /** A checkout's `.ports` says which port a name prefers. */
  #withDeclared(wish: Wish): Wish {
    if (this.folder === undefined || wish.prefer !== undefined || wish.port !== undefined) return wish;
    return { ...wish, prefer: declaredPorts(this.folder).get(wish.name) };
  }

  /** The ports of all names, which no other name gets. */
  #takenPorts(config: ConfigText): Set<number> {
    return new Set(this.all(config).map(({ port }) => port));
  }

  /** The names of the machine's file, where they are honoured. */
  #machinePorts(): ReadonlyMap<string, number> {
    return this.#machine?.hasNames ? portsOf(this.#readMachine(), this.#section) : NONE;
  }

  /** What is in the machine's file; nothing where this user may not read it. */
  #readMachine(): ConfigText {
    try {
      return this.#machine?.config.readSync() ?? EMPTY;
    } catch (error) {
      if (error instanceof ConfigAccessError) return EMPTY;
      throw error;
    }
  }
}

const NONE: ReadonlyMap<string, number> = new Map();
const EMPTY = parseConfig(Buffer.alloc(0), '');
