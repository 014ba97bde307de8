import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The package's own folder. */
export const ROOT = resolve(__dirname, '../..');

/**
 * A built entry point, for tests that start processes and threads of their own. Throws where a source is newer, so
 * that no test judges yesterday's code.
 */
export function distPath(entryPoint: 'index.js' | 'port-for.js' | 'portend.js'): string {
  const path = join(ROOT, 'dist', entryPoint);
  const built = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = join(ROOT, 'lib');
  for (const source of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (source.endsWith('.ts') && statSync(join(sources, source)).mtimeMs > built) {
      throw new Error(`dist/${entryPoint} is older than lib/${source}: npm run build:ts`);
    }
  }
  return path;
}
