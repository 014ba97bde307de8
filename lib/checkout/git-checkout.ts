import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The root of the Git worktree that a folder lies in: the nearest folder above with a `.git`, which is a folder, or a
 * file in further worktrees and submodules. Git itself is not run.
 *
 * @param folder an absolute path
 * @param root where the file system of that path is mounted, for a process in a container
 * @returns undefined for none
 */
export function gitCheckout(folder: string, root = ''): string | undefined {
  return nearest(folder, (place) => existsSync(join(root, place, '.git')));
}

/** The first of a folder and those above it that `isIt` accepts; undefined for none. */
export function nearest(start: string, isIt: (folder: string) => boolean): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (isIt(folder)) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
