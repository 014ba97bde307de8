import { parsePort } from '../../ports/port';
import type { PortStore } from '../../store/port-store';
import { isStoreUrl } from '../../store/store-url';
import type { BindOptions } from '../../store/wish';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall, PortForValues } from '../options';
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
  if (values.bind === undefined) await checkAreNames(names, modes, store);
  const bound = await bindNames(store, names, values);
  if (values.json) print(JSON.stringify(words.length === 1 ? bound[0] : bound));
  else print(...bound.map(({ port }) => `${port}`));
  return EXIT.done;
}

/** The port of each name, which gets the one that the call wishes for. */
export async function bindNames(
  store: PortStore,
  names: readonly string[],
  values: PortForValues,
): Promise<{ name: string; port: number }[]> {
  const wish = readWish(values, names);
  const bound = [];
  for (const name of names) bound.push({ name, port: await store.bindPort(name, wish) });
  warnOfNamed(wish);
  if (isStoreUrl(store.path)) await warnOfUsed(bound);
  return bound;
}

/** A port of a name of many machines was free on the one that picked it, and need not be on this one. */
async function warnOfUsed(bound: readonly { name: string; port: number }[]): Promise<void> {
  const { warnOfUse } = require('../port-doubts') as typeof import('../port-doubts');
  for (const { name, port } of bound) await warnOfUse(name, port);
}

/** What `--port` and `--prefer` say, which are for one name. */
export function readWish(values: PortForValues, names: readonly string[]): BindOptions {
  for (const option of ['port', 'prefer'] as const) {
    if (values[option] !== undefined && names.length > 1) throw new UsageError(`--${option} is for one name`);
  }
  const wish = {
    port: values.port === undefined ? undefined : parsePort(values.port, '--port'),
    prefer: values.prefer === undefined ? undefined : parsePort(values.prefer, '--prefer'),
  };
  return wish;
}

/** Says what speaks against the port that a call named, now that it is the one of a name. */
export function warnOfNamed({ port, prefer }: BindOptions): void {
  const named = port ?? prefer;
  if (named === undefined) return;
  // Few calls name a port, and what is known of ports takes time to load.
  (require('../port-doubts') as typeof import('../port-doubts')).warnOfPort(named);
}

/** Refuses new names that are rather modes or ports: `port-for list` would associate "list". */
async function checkAreNames(
  names: readonly string[],
  modes: readonly string[],
  store: PortStore,
): Promise<void> {
  const doubtful = names.filter((name) => modes.includes(name) || /^\d+$/.test(name));
  if (doubtful.length === 0) return;
  const known = await store.boundPorts();
  const name = doubtful.find((name) => !known.has(name));
  if (name === undefined) return;
  const meant = modes.includes(name) ? `did you mean --${name}?` : `a port is given by NAME --port ${name}.`;
  throw new UsageError(`${meant} For a name: --bind ${name}`);
}
