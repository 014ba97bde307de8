import { show } from '../../arguments/invalid-argument';
import { PortSet } from '../../ports/port-set';
import { checkName } from '../../store/name';
import { CommandError } from '../command-error';
import { openStore } from '../commands/open-store';
import { EXIT } from '../exit-code';
import type { PortForValues } from '../options';

const PORTS = /^[\d\s,-]+$/;

/** The ports that the words of a call name: numbers, ranges and lists of them, or names that have a port. */
export async function wantedPorts(words: readonly string[], values: PortForValues): Promise<PortSet> {
  const specs = await Promise.all(words.map((word) => (PORTS.test(word) ? word : portOfName(word, values))));
  return specs.reduce<PortSet>((all, spec) => all.union(spec), new PortSet());
}

/** The one port that a word names. */
export async function wantedPort(word: string, values: PortForValues): Promise<number> {
  const [port, ...more] = await wantedPorts([word], values);
  if (port !== undefined && more.length === 0) return port;
  throw new CommandError(EXIT.usage, `${show(word)} is not one port: name one`);
}

async function portOfName(word: string, values: PortForValues): Promise<number> {
  const port = (await openStore(values).boundPorts()).get(checkName(word));
  if (port !== undefined) return port;
  throw new CommandError(
    EXIT.failed,
    `no port is associated with ${show(word)}: port-for --list tells which names are`,
  );
}
