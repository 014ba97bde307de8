import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall } from '../options';
import { print } from '../print';
import { openStore } from './open-store';

/** `port-for --list`: a line `name: port` for each association, in the order of the file. */
export async function list({ values }: PortForCall): Promise<ExitCode> {
  const associations = [...(await openStore(values).boundPorts())];
  if (values.json) print(JSON.stringify(associations.map(([name, port]) => ({ name, port }))));
  else print(...associations.map(([name, port]) => `${name}: ${port}`));
  return EXIT.done;
}
