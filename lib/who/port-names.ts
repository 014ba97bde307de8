import { show } from '../arguments/invalid-argument';
import { printable } from '../arguments/printable';
import type { KeptAssociation } from '../store/association';
import { defaultConfigPath, userConfigPath } from '../store/config-path';
import { PortStore } from '../store/port-store';

/** A name that a port is associated with. */
export interface PortName {
  /** The name. */
  readonly name: string;
  /** The config file that says so. */
  readonly config: string;
  /** The checkout whose name it is, by its real path; missing for a name of none. */
  readonly folder?: string;
}

/**
 * The names of ports, by port, those of all checkouts included, in the config files that apply to this user; in `config`
 * alone if that is given. Ignores files that cannot be read: a look at ports does not fail for a name.
 */
export function portNames(config?: string): Map<number, PortName[]> {
  const names = new Map<number, PortName[]>();
  for (const path of config === undefined ? configPaths() : [config]) {
    for (const { port, name, folder } of readAssociations(path)) {
      const known: PortName = { name, config: path, ...(folder === undefined ? {} : { folder }) };
      names.set(port, [...(names.get(port) ?? []), known]);
    }
  }
  return names;
}

function configPaths(): Set<string> {
  const paths = new Set([defaultConfigPath()]);
  try {
    paths.add(userConfigPath());
  } catch {
    // A user without a home has no file of their own.
  }
  return paths;
}

/** The associations of one file: those of the machine's, which a store of a user's own file adds, are its own. */
function readAssociations(path: string): KeptAssociation[] {
  try {
    const store = new PortStore(path);
    return store.associationsSync().filter((kept) => kept.path === store.path);
  } catch {
    return [];
  }
}

/** A name and its checkout, in words: `"web" of /home/ann/shop`. */
export function nameInWords({ name, folder }: Pick<PortName, 'name' | 'folder'>): string {
  return folder === undefined ? show(name) : `${show(name)} of ${printable(folder)}`;
}
