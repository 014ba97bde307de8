import { lstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hasCode } from './access-error';
import { Folder } from './folder';
import { resolveToWrite } from './resolve-target';

/**
 * Makes the folder at an absolute path and those above it that are missing, for their user alone (XDG Base Directory
 * Specification). What root makes in a folder of another user, as with `sudo` and the user's HOME, becomes that user's.
 */
export function makeFolders(path: string): void {
  const missing: string[] = [];
  let there = path;
  for (; isMissing(there); there = dirname(there)) missing.unshift(basename(there));
  let place = there;
  for (const name of missing) {
    place = join(place, name);
    const target = resolveToWrite(place);
    const folder = new Folder(dirname(target));
    try {
      folder.makeFolder(basename(target), 0o700, folder.heir());
    } finally {
      folder.close();
    }
  }
}

function isMissing(path: string): boolean {
  try {
    lstatSync(path);
    return false;
  } catch (error) {
    if (hasCode(error, ['ENOENT', 'ENOTDIR'])) return true;
    throw error;
  }
}
