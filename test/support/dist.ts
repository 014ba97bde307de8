import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/**
 * The compiled form of a file of `lib/`, for tests that start processes and threads of their own. Throws where the
 * sources are newer, so that no test judges yesterday's code.
 */
export function distPath(file: string): string {
  const sources = join(ROOT, 'lib');
  for (const source of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (!source.endsWith('.ts') || source.endsWith('.d.ts')) continue;
    const built = statSync(join(ROOT, 'dist', source.replace(/ts$/, 'js')), { throwIfNoEntry: false });
    if (built === undefined || built.mtimeMs < statSync(join(sources, source)).mtimeMs) {
      throw new Error(`dist/ is older than lib/${source}: npm run build:ts`);
    }
  }
  return join(ROOT, 'dist', file);
}
