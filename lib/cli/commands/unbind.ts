import { PortForError } from '../../errors/port-for-error';
import { checkName } from '../../store/name';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall } from '../options';
import { print } from '../print';
import { openStore } from './open-store';

/** `port-for --unbind NAME`: forgets the name. One that has no port is a failure: it may be misspelt. */
export async function unbind({ values, words: [name = ''] }: PortForCall): Promise<ExitCode> {
  const store = openStore(values);
  const port = await store.unbindPort(name);
  if (port === undefined) {
    throw new PortForError(
      'ERR_PORT_UNKNOWN_NAME',
      `${JSON.stringify(name)} has no port in ${store.path}: --list shows the names that have one`,
    );
  }
  if (values.json) print(JSON.stringify({ name: checkName(name), port }));
  return EXIT.done;
}
