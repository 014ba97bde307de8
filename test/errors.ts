import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import t from 'tap';
import { ROOT } from './support/dist';

const LIBRARY = join(ROOT, 'lib');

/** The codes that the library throws; those of the commands alone are told by their help. */
function codes(): Set<string> {
  const files = readdirSync(LIBRARY, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.startsWith(`cli${sep}`),
  );
  return new Set(
    files.flatMap((path) => readFileSync(join(LIBRARY, path), 'utf8').match(/(?<=')ERR_PORT_\w+/g) ?? []),
  );
}

t.test('the docs tell every code that an error can have', async (t) => {
  const page = readFileSync(join(ROOT, 'docs', 'errors.md'), 'utf8');
  const told = new Set(page.match(/(?<=`)ERR_PORT_\w+(?=`)/g));
  t.ok(told.size > 0);
  t.strictSame(
    [...codes()].filter((code) => !told.has(code)),
    [],
  );
});
