import type { Lease } from '../../lease/lease';
import { HAND_OVER } from '../../lease/listen';
import { parsePort } from '../../ports/port';
import { checkName } from '../../store/name';
import type { PortForCall, PortForValues } from '../options';
import { checkVariables, fillIn, type PortsByKey, portVariables } from '../port-variables';
import { runCommand } from '../run-command';
import { UsageError } from '../usage-error';
import { openStore } from './open-store';
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
  const names = new Set(words.map(checkName));
  if (names.size === 0) throw new UsageError('the name is missing');
  checkVariables(names);
  const port = values.port === undefined ? undefined : parsePort(values.port, '--port');
  if (port !== undefined && names.size > 1) throw new UsageError('--port is for one name');
  const store = openStore(values);
  const held = new Map<string, Lease>();
  try {
    for (const name of names) held.set(name, await store.lease(name, { port }));
    return held;
  } catch (error) {
    release(held);
    throw error;
  }
}

function release(held: ReadonlyMap<string, Lease>): void {
  for (const lease of held.values()) lease.release();
}
