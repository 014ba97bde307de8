import { parsePort } from '../../ports/port';
import { checkName } from '../../store/name';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall } from '../options';
import { print } from '../print';
import { openStore } from './open-store';

/** `port-for --rebind NAME`: gives a name another port and prints it. */
export async function rebind({ values, words: [name = ''] }: PortForCall): Promise<ExitCode> {
  const wanted = values.port === undefined ? undefined : parsePort(values.port, '--port');
  const port = await openStore(values).rebindPort(name, wanted);
  print(values.json ? JSON.stringify({ name: checkName(name), port }) : `${port}`);
  return EXIT.done;
}
