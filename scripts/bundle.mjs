// Bundles lib/ into dist/, in parts: what most programs and calls need is loaded at once, the rest when it is first used.
// Reading and compiling all of the library took six times as long as the part that a pick needs.

import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const LIBRARY = join(ROOT, 'lib');
const OUT = join(ROOT, 'dist');
/** The part that is the package's main file. */
const MAIN = 'index';

/** @type {import('esbuild').BuildOptions} */
const OPTIONS = {
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20.17',
  logLevel: 'warning',
};

/**
 * A module and what it imports; late imports are `require`d within functions.
 * @typedef {Map<string, { module: string, isLate: boolean }[]>} Imports
 */

await build({ ...OPTIONS, entryPoints: [join(LIBRARY, 'cli/port-for-all.ts')], outdir: OUT });

// A call for a name that is known; for a new one; and what few calls for names need.
const portFor = await readImports('cli/port-for', ['./port-for-all']);
await bundleParts(
  portFor,
  assign(
    portFor,
    {
      'port-for': ['cli/port-for', 'cli/commands/bind', 'store/open-record'],
      'port-for-new': ['store/update-file', 'pick/pick'],
    },
    () => 'port-for-late',
  ),
  { 'port-for': 'cli/port-for' },
);

// A wait for a host and port; for one that lasts or is no plain connection; what few waits need; and a server to start.
const portend = await readImports('cli/portend');
await bundleParts(
  portend,
  assign(
    portend,
    {
      portend: ['cli/portend', 'cli/waiting/wait', 'wait/waiting', 'package-folder'],
      'portend-lasting': ['addon/addon', 'machine/unix-socket', 'wait/http-attempt'],
      'portend-late': ['cli/commands/help', 'cli/commands/version', 'cli/waiting/narrator', 'cli/advice'],
    },
    () => 'portend-start',
  ),
  { portend: 'cli/portend' },
);

// The library: what a pick needs, and a part for each other room.
const library = await readImports('index');
library.delete('index');
const parts = assign(library, { [MAIN]: ['pick/pick'] }, (module) => module.replace(/\/.*/, ''));
const publicExports = readExports();
await bundleParts(library, parts, {}, [...publicExports.keys()]);
finishMain(join(OUT, `${MAIN}.js`));

/** All modules behind `entry`, as paths below lib/ without ending. @returns {Promise<Imports>} */
async function readImports(/** @type {string} */ entry, /** @type {string[]} */ external = []) {
  const { metafile } = await build({
    ...OPTIONS,
    entryPoints: [join(LIBRARY, `${entry}.ts`)],
    external,
    absWorkingDir: ROOT,
    outdir: OUT,
    metafile: true,
    write: false,
  });
  return new Map(
    Object.entries(metafile.inputs).map(([path, { imports }]) => [
      moduleName(join(ROOT, path)),
      imports
        .filter(({ external }) => !external)
        .map(({ path, kind }) => ({ module: moduleName(join(ROOT, path)), isLate: kind === 'require-call' })),
    ]),
  );
}

/** @param {string} file */
function moduleName(file) {
  return relative(LIBRARY, file).split(sep).join('/').replace(/\.ts$/, '');
}

/**
 * The part that each module is in: the first of `roots` whose modules load it, else what `other` says.
 * @param {Imports} imports
 * @param {Record<string, string[]>} roots
 * @param {(module: string) => string} other
 */
function assign(imports, roots, other) {
  /** @type {Map<string, string>} */
  const parts = new Map();
  const put = (/** @type {string} */ module, /** @type {string} */ part) => {
    if (parts.has(module)) return;
    if (!imports.has(module)) throw new Error(`lib/${module}.ts is no part of the bundle`);
    parts.set(module, part);
    for (const { module: target, isLate } of imports.get(module) ?? []) if (!isLate) put(target, part);
  };
  for (const [part, modules] of Object.entries(roots)) for (const module of modules) put(module, part);
  for (const module of imports.keys()) if (!parts.has(module)) parts.set(module, other(module));
  return parts;
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
        .filter((name) => name !== '' && !name.startsWith('type '))
        .map((name) => {
          if (/^\w+$/.test(name)) return name;
          throw new Error(`lib/index.ts exports "${name}": rename it in its module`);
        }),
    ]),
  );
}

/**
 * Writes each part: an object of those of its modules that others use. What it uses of other parts it gets from them.
 * @param {Imports} imports
 * @param {Map<string, string>} parts
 * @param {Record<string, string>} commands the module that a command runs, by the part that it is
 * @param {string[]} used modules that are used from elsewhere
 */
async function bundleParts(imports, parts, commands, used = []) {
  const usedByOthers = new Set(used);
  for (const [module, targets] of imports) {
    for (const target of targets) {
      if (parts.get(target.module) !== parts.get(module)) usedByOthers.add(target.module);
    }
  }
  for (const part of new Set(parts.values())) {
    const shared = [...usedByOthers].filter((module) => parts.get(module) === part);
    const lines = shared.map((module) => `export * as '${module}' from './${module}';`);
    const command = commands[part];
    if (command !== undefined) lines.push(`import './${command}';`);
    const outfile = join(OUT, `${part}.js`);
    await build({
      ...OPTIONS,
      stdin: { contents: lines.join('\n'), resolveDir: LIBRARY },
      banner: { js: command === undefined ? '' : '#!/usr/bin/env node' },
      external: ['./port-for-all'],
      outfile,
      plugins: [{ name: 'other parts', setup: (build) => useOtherParts(build, parts, part) }],
    });
    if (command !== undefined) chmodSync(outfile, 0o755);
  }
}

/**
 * @param {import('esbuild').PluginBuild} build
 * @param {Map<string, string>} parts
 * @param {string} part
 */
function useOtherParts(build, parts, part) {
  build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, namespace }) => {
    if (namespace === 'other') return { path, external: true };
    const module = moduleName(join(resolveDir, path));
    const home = parts.get(module);
    return home === undefined || home === part ? undefined : { path: module, namespace: 'other' };
  });
  build.onLoad({ filter: /.*/, namespace: 'other' }, ({ path }) => ({
    contents: `module.exports = ${load(parts.get(path))}['${path}'];`,
  }));
}

/** The modules of a part. The main file's own exports are those of the package, so its modules lie beside them. */
function load(/** @type {string | undefined} */ part) {
  return `require('./${part}.js')${part === MAIN ? '.__modules' : ''}`;
}

/**
 * Puts the exports of the package in place of the modules of the main part: those of its own modules, and what loads
 * another part for the others. Node finds their names in the last line, for programs that import them.
 */
function finishMain(/** @type {string} */ path) {
  const bundled = readFileSync(path, 'utf8').replace(
    /\n\/\/ Annotate the CommonJS export names[\s\S]*$/,
    '\n',
  );
  const members = [...publicExports].flatMap(([module, names]) =>
    names.map((name) => {
      const part = parts.get(module);
      return part === MAIN
        ? `  ${name}: __modules['${module}'].${name},`
        : `  get ${name}() { return __settle('${name}', () => ${load(part)}['${module}'].${name}); },`;
    }),
  );
  writeFileSync(
    path,
    `${bundled}
// The exports of the package (scripts/bundle.mjs).
const __modules = module.exports;
const __exports = {
${members.join('\n')}
};
module.exports = __exports;
Object.defineProperty(__exports, '__modules', { value: __modules });

function __settle(name, load) {
  let value;
  try {
    value = load();
  } catch (error) {
    throw __modules['addon/addon'].partUnread(error);
  }
  Object.defineProperty(__exports, name, { value, enumerable: true, configurable: true });
  return value;
}

0 && (module.exports = { ${[...publicExports.values()].flat().join(', ')} });
`,
  );
}
