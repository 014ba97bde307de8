import { checkName } from '../../store/name';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall } from '../options';
import { print } from '../print';
import { readWish, warnOfNamed } from './bind';
import { openStore } from './open-store';

/** `port-for --rebind NAME`: gives a name another port and prints it. */
export async function rebind({ values, words: [name = ''] }: PortForCall): Promise<ExitCode> {
  const wish = readWish(values, [name]);
  const port = await openStore(values).rebindPort(name, wish);
  warnOfNamed(wish);
  print(values.json ? JSON.stringify({ name: checkName(name), port }) : `${port}`);
  return EXIT.done;
}
