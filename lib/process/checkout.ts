import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The root of the Git checkout that a folder lies in, as paths of `root` have it; undefined for none. */
export function findCheckout(folder: string, root = ''): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(root, at, '.git'))) return at;
    if (at === dirname(at)) return undefined;
  }
}
