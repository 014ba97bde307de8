import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import t from 'tap';
import { ROOT } from './support/dist';

const LIBRARY = join(ROOT, 'lib');

/** Texts in quotes that name an option of the commands. Two files tell both kinds of callers what to run. */
const FLAG = /(['"`])(?:(?!\1).)*(?<![\w-])--[a-z][\w-]*(?:(?!\1).)*\1/g;
const EXCEPT = [join('addon', 'load-addon.ts'), join('stop', 'refusals.ts')];

t.test('messages of the library never speak of the options of a command', async (t) => {
  const files = readdirSync(LIBRARY, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.startsWith(`cli${sep}`) && !EXCEPT.includes(path),
  );
  const found = files.flatMap((path) => {
    const code = readFileSync(join(LIBRARY, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
    return [...code.matchAll(FLAG)].map(([text]) => `${path}: ${text}`);
  });
  t.ok(files.length > 50);
  t.strictSame(found, []);
});
