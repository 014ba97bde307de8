import { lstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Folder } from './folder';
import { resolveToWrite } from './resolve-target';

/**
 * Makes the folder at an absolute path and those above it that are missing, for their user alone (XDG Base Directory
 * Specification). What root makes in a folder of another user, as with `sudo` and the user's HOME, becomes that user's.
 */
export function makeFolders(path: string): void {
  const missing: string[] = [];
  let there = path;
  for (; lstatSync(there, { throwIfNoEntry: false }) === undefined; there = dirname(there)) {
    missing.unshift(basename(there));
  }
  let place = there;
  for (const name of missing) {
    const folder = new Folder(resolveToWrite(place));
    try {
      folder.makeFolder(name, 0o700, folder.heir());
    } finally {
      folder.close();
    }
    place = join(place, name);
  }
}
