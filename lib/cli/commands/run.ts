import type { Lease } from '../../lease/lease';
import { HAND_OVER } from '../../lease/listen';
import { parsePort } from '../../ports/port';
import type { PortStore } from '../../store/port-store';
import type { BindOptions } from '../../store/wish';
import type { PortForCall, PortForValues } from '../options';
import { checkVariables, fillIn, type PortsByKey, portVariables } from '../port-variables';
import { runCommand } from '../run-command';
import { UsageError } from '../usage-error';
import { namesOf, openStore } from './open-store';
import { holdTemporary } from './temp';

/**
 * `port-for --run NAME... -- COMMAND...`: holds the ports of the names, or with `--temp` that many temporary ones, for
 * as long as the command runs, and ends as it does.
 */
export async function runHeld({ values, words, command }: PortForCall): Promise<number> {
  if (values.temp && values.port !== undefined) throw new UsageError('--temp does not go with --port');
  const held = values.temp ? await holdTemporary(values, words) : await holdNamed(values, words);
  const ports: PortsByKey = new Map([...held].map(([key, { port }]) => [key, port]));
  try {
    // Where no server can listen beside a lease, the command gets its ports free.
    if (HAND_OVER !== 'beside') release(held);
    return await runCommand(
      command.map((argument) => fillIn(argument, ports)),
      portVariables(ports, !values.temp),
    );
  } finally {
    release(held);
  }
}

/** The leases of the names: all of them or none. */
async function holdNamed(values: PortForValues, words: readonly string[]): Promise<Map<string, Lease>> {
  const store = openStore(values);
  const names = namesOf(words, store);
  checkVariables(names);
  const port = values.port === undefined ? undefined : parsePort(values.port, '--port');
  const prefer = values.prefer === undefined ? undefined : parsePort(values.prefer, '--prefer');
  if (port !== undefined && names.length > 1) throw new UsageError('--port is for one name');
  if (prefer !== undefined && names.length > 1) throw new UsageError('--prefer is for one name');
  const held = new Map<string, Lease>();
  try {
    for (const name of names) held.set(name, await leaseName(store, name, { port, prefer }));
    return held;
  } catch (error) {
    release(held);
    throw error;
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
