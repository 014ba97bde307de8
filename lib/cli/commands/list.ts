import { isatty } from 'node:tty';
import type { KeptAssociation } from '../../store/association';
import type { PortStore } from '../../store/port-store';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall } from '../options';
import { plain } from '../plain';
import { print } from '../print';
import { openStore } from './open-store';

const STDOUT = 1;

/** `port-for --list`: a line `name: port` for each association, in the order of the file; on a terminal with the file. */
export async function list({ values }: PortForCall): Promise<ExitCode> {
  const listed = await associationsOf(openStore(values));
  if (values.json) print(JSON.stringify(listed));
  else print(...(isatty(STDOUT) ? withFiles(listed) : listed.map(toLine)));
  return EXIT.done;
}

/** Those of the checkout, or of none, that the store answers with. */
async function associationsOf(store: PortStore): Promise<KeptAssociation[]> {
  const seen = new Set<string>();
  return (await store.associations()).filter(({ name, folder, path }) => {
    if (folder !== store.folder || seen.has(name)) return false;
    if (!store.honours(path)) return false;
    seen.add(name);
    return true;
  });
}

function withFiles(listed: readonly KeptAssociation[]): string[] {
  const width = Math.max(...listed.map((one) => toLine(one).length));
  return listed.map((one) => `${toLine(one).padEnd(width)}  ${plain(one.path)}`);
}

function toLine({ name, port }: KeptAssociation): string {
  return plain(`${name}: ${port}`);
}
