import { EXIT, type ExitCode } from '../exit-code';
import type { PortForValues } from '../port-for-options';
import { print } from '../print';
import { UsageError } from '../usage-error';
import { openStore } from './open-store';

/** `port-for --list`: a line `name: port` for each association, in the order of the file. */
export async function list(values: PortForValues, rest: readonly string[]): Promise<ExitCode> {
  if (rest.length > 0) throw new UsageError(`--list takes no name: unexpected ${rest.join(' ')}`);
  if (values.port !== undefined) throw new UsageError('--list does not go with --port');
  const associations = [...(await openStore(values).boundPorts())];
  if (values.json) print(JSON.stringify(associations.map(([name, port]) => ({ name, port }))));
  else print(...associations.map(([name, port]) => `${name}: ${port}`));
  return EXIT.done;
}
