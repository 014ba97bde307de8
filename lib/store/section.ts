import { statSync } from 'node:fs';

/**
 * The section of the config file for the names of a checkout: its real path. Brackets, control characters and `%` are
 * written as in a URL (`%5B`), so that Python's ConfigParser, whatever its version, gives the section back as it was.
 */
export function sectionOf(folder: string): string {
  return folder.replace(ESCAPED, (character) => encodeURIComponent(character));
}

const ESCAPED = /[%[\]\p{Cc}\u2028\u2029]/gu;

/** The checkout that a section is of; undefined for `DEFAULT` and for sections that are not ours. */
export function folderOf(section: string): string | undefined {
  if (!isCheckoutSection(section)) return undefined;
  try {
    return section.replace(/(?:%[0-9A-F]{2})+/gi, decodeURIComponent);
  } catch {
    return section;
  }
}

/** Whether a section is headed by an absolute path, of this or another system. */
export function isCheckoutSection(section: string): boolean {
  return /^(?:\/|[a-z]:[\\/]|\\\\)/i.test(section);
}

/** Whether nothing, or no folder, is at the path any more. A path that cannot be looked at is not gone. */
export function isGone(folder: string): boolean {
  try {
    return !statSync(folder).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR';
  }
}
