import type { ConfigText } from './config-text';
import type { Association } from './errors';
import { folderOf, isGone } from './section';

/** A name with its port, and the file that has it. */
export interface KeptAssociation extends Association {
  /** The config file, absolute. */
  readonly path: string;
}

/** All associations of a config file. */
export function listAssociations(config: ConfigText, path: string): KeptAssociation[] {
  return [...config.sections].flatMap(([section, ports]) => {
    const folder = folderOf(section);
    return Array.from(ports, ([name, port]) => ({ name, port, path, folder }));
  });
}

/** Those of checkouts whose folder is gone. */
export function listGone(config: ConfigText, path: string): KeptAssociation[] {
  const isGoneBy = new Map<string, boolean>();
  return listAssociations(config, path).filter(({ folder }) => {
    if (folder === undefined) return false;
    const known = isGoneBy.get(folder) ?? isGone(folder);
    isGoneBy.set(folder, known);
    return known;
  });
}
