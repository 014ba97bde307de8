import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ROOT } from '../support/dist';
import { makeElsewhere, NPM, packedFiles } from '../support/tarball';

const SHIPPED = new RegExp(
  [
    '^(dist|native)/',
    '^vendor/(binding\\.gyp|node-addon-api/.+)$',
    '^scripts/(build-addon|node-addon-api|own-headers)\\.mjs$',
    '^data/[\\w-]+\\.(json|txt|html)$',
    '^prebuilds/.+\\.node$',
    '^docs/[\\w-]+\\.md$',
    '^(package\\.json|LICENSE|(README|AGENTS|SECURITY|CHANGELOG)\\.md)$',
  ].join('|'),
);

/** What npm runs when somebody installs the package. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];

t.test(
  'the package contains what it takes to run and to build, and nothing else',
  { skip: NPM === '' && 'npm is not in the path' },
  async (t) => {
    const elsewhere = makeElsewhere();
    t.teardown(elsewhere.remove);
    const files = await packedFiles(elsewhere);
    const needed = [
      ...['data/unassigned.json', 'data/services.json', 'dist/index.js', 'dist/index.d.ts'],
      ...['vendor/binding.gyp', 'vendor/node-addon-api/napi.h', 'scripts/build-addon.mjs'],
      ...filesBelow('native'),
    ];
    t.strictSame(
      needed.filter((path) => !files.includes(path)),
      [],
    );
    t.strictSame(
      files.filter((path) => !SHIPPED.test(path)),
      [],
    );
  },
);

t.test('a clone builds by no install script either', async (t) => {
  const { scripts, gypfile, dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  t.strictSame(
    INSTALL_SCRIPTS.filter((name) => name in scripts),
    [],
  );
  t.equal(gypfile, false, 'npm does not run node-gyp by itself');
  t.strictSame(Object.keys(dependencies), ['node-gyp-build']);
});

t.test('each source file is built on some system', async (t) => {
  const gyp = readFileSync(join(ROOT, 'binding.gyp'), 'utf8');
  const sources = filesBelow('native').filter((path) => path.endsWith('.cc'));
  t.strictSame(
    sources.filter((path) => !gyp.includes(`"${path}"`)),
    [],
  );
});

/** The files of a folder of the package, as paths of the package. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(ROOT.length + 1)
        .replaceAll('\\', '/'),
    );
}
