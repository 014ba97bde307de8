import type { Lease } from '../../lease/lease';
import { checkName } from '../../store/name';
import type { PortStore } from '../../store/port-store';
import type { BindOptions } from '../../store/wish';
import type { PortForCall, PortForValues } from '../options';
import { checkVariables, explainVariables, fillIn, type PortsByKey, portVariables } from '../port-variables';
import { runAgainAndAgain } from '../run-again';
import { runCommand } from '../run-command';
import { UsageError } from '../usage-error';
import { warn } from '../warn';
import { readWish, warnOfNamed } from './bind';
import { namesOf, openStore } from './open-store';
import { heldSockets, listeningSockets } from './run-sockets';
import { sayWhoRuns } from './running';
import { holdTemporary } from './temp';

/**
 * `port-for --run NAME... -- COMMAND...`: holds the ports of the names, or with `--temp` that many temporary ones, for
 * as long as the command runs, and ends as it does.
 */
export async function runHeld({ values, valuesOf, words, command }: PortForCall): Promise<number> {
  if (values.temp && values.port !== undefined) throw new UsageError('--temp does not go with --port');
  if (values.temp && values.with !== undefined) throw new UsageError('--temp does not go with --with');
  if (!values.temp && values['from-server']) throw new UsageError('--from-server goes with --temp');
  const others = (valuesOf.get('with') ?? []).flatMap((list) => list.split(','));
  const { held, told } = values.temp
    ? { held: await holdTemporary(values, words), told: new Map<string, number>() }
    : await holdNamed(values, words, others);
  const ports: PortsByKey = new Map([...[...held].map(([key, { port }]) => [key, port] as const), ...told]);
  try {
    const variables = portVariables(ports, !values.temp);
    const settings = values['listen-fds']
      ? listeningSockets(held, variables)
      : { variables, ...heldSockets(held) };
    const filled = command.map((argument) => fillIn(argument, ports));
    return await (values.restart ? runAgainAndAgain : runCommand)(filled, settings);
  } finally {
    release(held);
  }
}

interface Held {
  readonly held: ReadonlyMap<string, Lease>;
  /** The ports of other names, which the command is told and which are somebody else's to hold. */
  readonly told: ReadonlyMap<string, number>;
}

/** The leases of the names: all of them or none. */
async function holdNamed(
  values: PortForValues,
  words: readonly string[],
  others: readonly string[],
): Promise<Held> {
  const store = openStore(values);
  const names = namesOf(words, store);
  const otherNames = [...new Set(others.map(checkName))].filter((name) => !names.includes(name));
  checkVariables([...names, ...otherNames]);
  for (const line of explainVariables([...names, ...otherNames])) warn(line);
  const wish = readWish(values, names);
  const held = new Map<string, Lease>();
  try {
    for (const name of names) held.set(name, await leaseName(store, name, wish));
    const told = new Map<string, number>();
    for (const name of otherNames) told.set(name, await store.bindPort(name));
    warnOfNamed(wish);
    return { held, told };
  } catch (error) {
    release(held);
    throw sayWhoRuns(error, store);
  }
}

/** `--run web --port 8080` means that `web` is 8080 from now on, whatever it was. */
async function leaseName(store: PortStore, name: string, wish: BindOptions): Promise<Lease> {
  const before = (await store.boundPorts()).get(name);
  if (wish.port === undefined || before === undefined || before === wish.port) return store.lease(name, wish);
  await store.rebindPort(name, wish);
  try {
    return await store.lease(name, wish);
  } catch (error) {
    await store.rebindPort(name, before);
    throw error;
  }
}

function release(held: ReadonlyMap<string, Lease>): void {
  for (const lease of held.values()) lease.release();
}
