import { show } from '../../arguments/invalid-argument';
import { checkoutRoot } from '../../checkout/checkout-root';
import { PortSet, toPortSet } from '../../ports/port-set';
import type { KeptAssociation } from '../../store/association';
import { checkName } from '../../store/name';
import { CommandError } from '../command-error';
import { openStore } from '../commands/open-store';
import { EXIT } from '../exit-code';
import type { PortForValues } from '../options';
import { list } from './words';

const PORTS = /^[\d\s,-]+$/;

/**
 * The ports that the words of a call name: numbers, ranges and lists of them, or names. A name means the one that the
 * options choose; else that of no checkout, that of the current one, or those of all others.
 */
export async function wantedPorts(words: readonly string[], values: PortForValues): Promise<PortSet> {
  const named = words.some((word) => !PORTS.test(word)) ? await knownNames(values) : undefined;
  const specs = words.map((word) =>
    named === undefined || PORTS.test(word) ? word : portsOf(word, named).map(({ port }) => port),
  );
  return specs.reduce<PortSet>((all, spec) => all.union(toPortSet(spec, 'port')), new PortSet());
}

/** The one port that a word names. */
export async function wantedPort(word: string, values: PortForValues): Promise<number> {
  const [port, ...more] = await wantedPorts([word], values);
  if (port !== undefined && more.length === 0) return port;
  if (PORTS.test(word)) throw new CommandError(EXIT.usage, `${show(word)} is not one port: name one`);
  const places = portsOf(word, await knownNames(values)).map((one) => `${one.folder} (port ${one.port})`);
  throw new CommandError(
    EXIT.usage,
    `${show(word)} is a name of ${places.length} checkouts, ${list(places)}: choose one by --project FOLDER`,
  );
}

interface KnownNames {
  readonly all: readonly KeptAssociation[];
  /** The folders whose names count, in the order in which they are looked at; undefined for the names of none. */
  readonly folders: readonly (string | undefined)[];
  /** Whether the names of all other checkouts count too. */
  readonly others: boolean;
}

async function knownNames(values: PortForValues): Promise<KnownNames> {
  const store = openStore(values);
  const all = (await store.associations()).filter(({ path }) => store.honours(path));
  if (store.folder !== undefined) return { all, folders: [store.folder], others: false };
  return { all, folders: [undefined, checkoutRoot()], others: true };
}

function portsOf(word: string, { all, folders, others }: KnownNames): KeptAssociation[] {
  const name = checkName(word);
  const known = all.filter((one) => one.name === name);
  for (const folder of folders) {
    const found = known.find((one) => one.folder === folder);
    if (found !== undefined) return [found];
  }
  if (others && known.length > 0) return known;
  const where = others ? '' : ` in ${folders[0]}`;
  throw new CommandError(
    EXIT.failed,
    `no port is associated with ${show(word)}${where}: port-for --list tells which names are`,
  );
}
