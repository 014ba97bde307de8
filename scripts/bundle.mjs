// Bundles lib/ into dist/. The commands are a file each. The library is a file for what a pick needs (core.js), which is
// loaded with it, and one for each other room of lib/, which is loaded when one of its exports is first touched: reading
// and compiling all of it took six times as long as the part that most programs use.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const LIBRARY = join(ROOT, 'lib');
const OUT = join(ROOT, 'dist');
const CORE = 'core';
/** With all that it imports this is the core. */
const FIRST_USED = 'pick/pick';

/** @type {import('esbuild').BuildOptions} */
const OPTIONS = {
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20.17',
  logLevel: 'warning',
};

await build({
  ...OPTIONS,
  entryPoints: ['port-for', 'port-for-all', 'portend'].map((name) => join(LIBRARY, 'cli', `${name}.ts`)),
  external: ['./port-for-all'],
  outdir: OUT,
});

const imports = await readImports();
const core = reachable(FIRST_USED);
const publicExports = readExports();
for (const part of new Set([...imports.keys()].map(partOf))) await bundlePart(part);
writeFileSync(join(OUT, 'index.js'), writeIndex());

/** The modules of the library, as paths below lib/ without ending, each with those that it imports, and how. */
async function readImports() {
  const { metafile } = await build({
    ...OPTIONS,
    entryPoints: [join(LIBRARY, 'index.ts')],
    absWorkingDir: ROOT,
    metafile: true,
    write: false,
  });
  return new Map(
    Object.entries(metafile.inputs)
      .filter(([path]) => path !== 'lib/index.ts')
      .map(([path, { imports }]) => [
        moduleName(join(ROOT, path)),
        imports
          .filter(({ external }) => !external)
          .map(({ path, kind }) => ({
            module: moduleName(join(ROOT, path)),
            isLate: kind === 'require-call',
          })),
      ]),
  );
}

/** @param {string} file */
function moduleName(file) {
  return relative(LIBRARY, file).split(sep).join('/').replace(/\.ts$/, '');
}

/** A module and all that is loaded with it. @param {string} module */
function reachable(module, found = new Set()) {
  if (found.has(module)) return found;
  found.add(module);
  for (const { module: other, isLate } of imports.get(module) ?? []) if (!isLate) reachable(other, found);
  return found;
}

/** The file of dist/ that a module is in. @param {string} module */
function partOf(module) {
  return core.has(module) ? CORE : module.replace(/\/.*/, '');
}

/** The values that lib/index.ts exports, by module. @returns {Map<string, string[]>} */
function readExports() {
  const text = readFileSync(join(LIBRARY, 'index.ts'), 'utf8');
  const statements = [...text.matchAll(/^export \{([^}]*)\} from '\.\/([^']+)';$/gm)];
  return new Map(
    statements.map(([, names = '', module = '']) => [
      module,
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => /^\w+$/.test(name)),
    ]),
  );
}

/** Writes a part: an object of those of its modules that others use. What it uses of other parts it gets from them. */
async function bundlePart(/** @type {string} */ part) {
  const used = [...imports]
    .filter(([module]) => partOf(module) !== part)
    .flatMap(([, targets]) => targets.map(({ module }) => module));
  const modules = [...new Set([...used, ...publicExports.keys()])].filter(
    (module) => partOf(module) === part,
  );
  await build({
    ...OPTIONS,
    stdin: {
      contents: modules.map((module) => `export * as '${module}' from './${module}';`).join('\n'),
      resolveDir: LIBRARY,
    },
    outfile: join(OUT, `${part}.js`),
    plugins: [{ name: 'other parts', setup: (build) => useOtherParts(build, part) }],
  });
}

/** @param {import('esbuild').PluginBuild} build @param {string} part */
function useOtherParts(build, part) {
  build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, namespace }) => {
    if (namespace === 'other') return { path, external: true };
    const module = moduleName(join(resolveDir, path));
    if (!imports.has(module) || partOf(module) === part) return undefined;
    return { path: module, namespace: 'other' };
  });
  build.onLoad({ filter: /.*/, namespace: 'other' }, ({ path }) => ({
    contents: `module.exports = require('./${partOf(path)}.js')['${path}'];`,
  }));
}

/** The package's main file. Node finds the names of the exports in its last line, for programs that import them. */
function writeIndex() {
  const modules = [...publicExports];
  const parts = [...new Set(modules.map(([module]) => partOf(module)))];
  const names = modules.flatMap(([, names]) => names);
  const list = (/** @type {boolean} */ isCore) =>
    modules
      .filter(([module]) => (partOf(module) === CORE) === isCore)
      .map(([module, names]) => `  ['${partOf(module)}', '${module}', '${names.join(' ')}'],`)
      .join('\n');
  return `'use strict';
// Made by scripts/bundle.mjs.

const load = {
${parts.map((part) => `  ${part}: () => require('./${part}.js'),`).join('\n')}
};

function define(name, facts) {
  Object.defineProperty(exports, name, { enumerable: true, configurable: true, ...facts });
}

function settle([part, module, names]) {
  for (const name of names.split(' ')) define(name, { value: load[part]()[module][name] });
}

function postpone(entry) {
  for (const name of entry[2].split(' ')) {
    const get = () => {
      settle(entry);
      return exports[name];
    };
    define(name, { get });
  }
}

[
${list(true)}
].forEach(settle);
[
${list(false)}
].forEach(postpone);

0 && (module.exports = { ${names.join(', ')} });
`;
}
