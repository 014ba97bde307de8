import { parsePort } from '../../ports/port';
import { checkName } from '../../store/name';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForValues } from '../port-for-options';
import { print } from '../print';
import { UsageError } from '../usage-error';
import { openStore } from './open-store';

/** `port-for NAME`: prints the port of the name, which gets one on first use. */
export async function bind(values: PortForValues, rest: readonly string[]): Promise<ExitCode> {
  const [name, ...more] = values.bind === undefined ? rest : [values.bind, ...rest];
  if (name === undefined) throw new UsageError('the name is missing');
  if (more.length > 0) throw new UsageError(`one name is enough: unexpected ${more.join(' ')}`);
  const wanted = values.port === undefined ? undefined : parsePort(values.port, '--port');
  const port = await openStore(values).bindPort(name, wanted);
  print(values.json ? JSON.stringify({ name: checkName(name), port }) : `${port}`);
  return EXIT.done;
}
