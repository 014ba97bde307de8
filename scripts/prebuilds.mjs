/**
 * Builds the addon for every system from one Linux machine: `npm run prebuilds`, or `npm run prebuilds -- SYSTEM...`
 * for some. Leaves them in prebuilds/ with a stamp of the sources they are made of, and writes the table of
 * prebuilds/README.md when it builds all.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder } from './locked-install.mjs';
import { checkAddon } from './prebuilds/check-addon.mjs';
import { readTarget } from './prebuilds/gyp-target.mjs';
import { glibcStat, nodeFunctions, standIns, windowsImports } from './prebuilds/node-imports.mjs';
import { record, sourcesStamp } from './prebuilds/stamp.mjs';
import { SYSTEMS } from './prebuilds/systems.mjs';
import { writeTable } from './prebuilds/table.mjs';
import { zig } from './prebuilds/toolchain.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const prebuilds = join(root, 'prebuilds');
const zigCache = join(cacheFolder(), 'zig-cache');

function chooseSystems(names) {
  const unknown = names.find((name) => !SYSTEMS.some((system) => system.name === name));
  if (unknown !== undefined) {
    throw new Error(`no system ${unknown}: expected ${SYSTEMS.map(({ name }) => name).join(', ')}`);
  }
  return names.length === 0 ? SYSTEMS : SYSTEMS.filter(({ name }) => names.includes(name));
}

/** Node's headers, as `with-own-headers.mjs` names them. */
function nodeHeaders() {
  const folder = process.env.npm_config_nodedir;
  if (folder === undefined) {
    throw new Error(
      'this Node.js came without headers: set npm_config_nodedir to a folder with include/node in it',
    );
  }
  return join(folder, 'include/node');
}

async function build(system, compiler, headers, folder) {
  const { sources, includes, defines, flags, libraries, macosVersion } = readTarget(root, system.os);
  const names = nodeFunctions(root, headers);
  const generate = (name, text) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const standIn = generate('stand-ins.cc', standIns(names));
  const own = [
    ...(system.os === 'win' ? [generate('imports.cc', windowsImports(names, system.arch))] : []),
    ...(system.libc === 'glibc' ? [generate('stat.cc', glibcStat(system.arch))] : []),
  ];

  const target = ['-target', `${system.target}${system.os === 'mac' ? `.${macosVersion}` : ''}`];
  const env = { ...process.env, ZIG_GLOBAL_CACHE_DIR: zigCache, ZIG_LOCAL_CACHE_DIR: zigCache };
  const compile = (...words) =>
    promisify(execFile)(compiler, ['c++', ...target, ...words], { cwd: root, env, maxBuffer: 2 ** 24 });

  const options = [
    ...['-O2', '-g0', '-ffunction-sections', '-fdata-sections', `-ffile-prefix-map=${root}=.`],
    ...(system.os === 'win' ? [] : ['-fPIC']),
    ...flags,
    ...defines.map((name) => `-D${name}`),
    ...[...includes, headers].map((name) => `-I${name}`),
  ];
  const objectOf = (source) => join(folder, `${source.replaceAll(/\W/g, '_')}.o`);
  const all = [...sources, ...own, standIn];
  await inParallel(all, (source) => compile('-c', ...options, source, '-o', objectOf(source)));

  // zig makes its C++ library for the link, by the level given there: of it, we call nothing that has to be fast.
  const link = (...words) =>
    compile('-shared', '-Os', ...[...sources, ...own].map(objectOf), ...libraries, ...words);
  if (system.os !== 'win') {
    // With stand-ins for Node's functions every symbol has to be found. The loader would find a lack only on that system.
    const strict = system.os === 'mac' ? [] : ['-Wl,-z,defs'];
    await link(objectOf(standIn), ...strict, '-o', join(folder, 'strict.node'));
  }
  const file = join(prebuilds, system.file);
  mkdirSync(dirname(file), { recursive: true });
  await link(
    '-s',
    ...(system.os === 'mac' ? ['-undefined', 'dynamic_lookup'] : ['-Wl,--gc-sections']),
    '-o',
    file,
  );
  return file;
}

/** Does `work` for each item, as many at once as there are processors. */
async function inParallel(items, work) {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

const scratch = mkdtempSync(join(tmpdir(), 'port-for-native-prebuilds-'));
try {
  const systems = chooseSystems(process.argv.slice(2));
  const [compiler, headers] = [zig(), nodeHeaders()];
  const stamp = sourcesStamp(root);
  for (const system of systems) {
    const begin = performance.now();
    const folder = join(scratch, system.name);
    mkdirSync(folder);
    const file = await build(system, compiler, headers, folder);
    checkAddon(file, system);
    const entry = record(prebuilds, system, { stamp, seconds: (performance.now() - begin) / 1000 });
    console.log(`${system.name}: ${Math.round(entry.bytes / 1000)} kB in ${entry.seconds} s`);
  }
  // The table is that of one run, so that all addons are of the same sources.
  if (systems.length === SYSTEMS.length) writeTable(prebuilds);
} catch (error) {
  console.error(error.stderr || error.message);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true });
}
