import { unknownName } from '../../store/errors';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall } from '../options';
import { print } from '../print';
import { namesOf, openStore } from './open-store';

/** `port-for --unbind NAME...`: forgets the names. One that has no port is a failure: it may be misspelt. */
export async function unbind({ values, words }: PortForCall): Promise<ExitCode> {
  const store = openStore(values);
  const names = namesOf(words, store);
  const known = await store.boundPorts();
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw unknownName(unknown, store, known.keys());
  }
  const unbound = [];
  for (const name of names) unbound.push({ name, port: await store.unbindPort(name) });
  if (values.json) print(JSON.stringify(words.length === 1 ? unbound[0] : unbound));
  return EXIT.done;
}
