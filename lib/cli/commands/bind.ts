import { parsePort } from '../../ports/port';
import { checkName } from '../../store/name';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall } from '../options';
import { print } from '../print';
import { openStore } from './open-store';

/** `port-for NAME`: prints the port of the name, which gets one on first use. */
export async function bind({ values, words: [name = ''] }: PortForCall): Promise<ExitCode> {
  const wanted = values.port === undefined ? undefined : parsePort(values.port, '--port');
  const port = await openStore(values).bindPort(name, wanted);
  print(values.json ? JSON.stringify({ name: checkName(name), port }) : `${port}`);
  return EXIT.done;
}
