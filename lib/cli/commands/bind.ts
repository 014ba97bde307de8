import { parsePort } from '../../ports/port';
import type { PortStore } from '../../store/port-store';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall } from '../options';
import { print } from '../print';
import { UsageError } from '../usage-error';
import { namesOf, openStore } from './open-store';

/**
 * `port-for NAME...`: prints the port of each name, which gets one on first use.
 *
 * @param modes words that are probably not meant for names
 */
export async function bind({ values, words }: PortForCall, modes: readonly string[]): Promise<ExitCode> {
  const store = openStore(values);
  const names = namesOf(words, store);
  if (values.port !== undefined && names.length > 1) throw new UsageError('--port is for one name');
  if (values.prefer !== undefined && names.length > 1) throw new UsageError('--prefer is for one name');
  if (values.bind === undefined) checkAreNames(names, modes, store);
  const wish = {
    port: values.port === undefined ? undefined : parsePort(values.port, '--port'),
    prefer: values.prefer === undefined ? undefined : parsePort(values.prefer, '--prefer'),
  };
  const bound = [];
  for (const name of names) bound.push({ name, port: await store.bindPort(name, wish) });
  if (values.json) print(JSON.stringify(words.length === 1 ? bound[0] : bound));
  else print(...bound.map(({ port }) => `${port}`));
  return EXIT.done;
}

/** Refuses new names that are rather modes or ports: `port-for list` would associate "list". */
function checkAreNames(names: readonly string[], modes: readonly string[], store: PortStore): void {
  const doubtful = names.filter((name) => modes.includes(name) || /^\d+$/.test(name));
  if (doubtful.length === 0) return;
  const known = store.boundPortsSync();
  const name = doubtful.find((name) => !known.has(name));
  if (name === undefined) return;
  const meant = modes.includes(name) ? `did you mean --${name}?` : `a port is given by NAME --port ${name}.`;
  throw new UsageError(`${meant} For a name: --bind ${name}`);
}
