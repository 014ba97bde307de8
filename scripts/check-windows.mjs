/**
 * Compiles and links the addon for Windows with mingw-w64, as `binding.gyp` says, so that a change made on another
 * system cannot break the build there unnoticed. It runs nothing. Says so where mingw-w64 is missing.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readTarget } from './prebuilds/gyp-target.mjs';

const run = promisify(execFile);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const COMPILER = 'x86_64-w64-mingw32-g++-posix';

/** Where Node's headers are, as `with-own-headers.mjs` tells; where they would have to be downloaded, nowhere. */
const headers = join(process.env.npm_config_nodedir ?? '', 'include', 'node');

async function compile({ sources, includes: folders, defines, flags }, folder) {
  const includes = [...folders, headers].map((path) => `-I${path}`);
  const queue = [...sources.entries()];
  const objects = [];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, source] = next;
      objects[index] = join(folder, `${index}.o`);
      const files = ['-c', join(root, source), '-o', objects[index]];
      await run(COMPILER, [
        '-Werror',
        ...flags,
        ...includes,
        ...defines.map((define) => `-D${define}`),
        ...files,
      ]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return objects;
}

/** A library that stands for `node.exe`: what the addon lacks by the names of Node-API and libuv. */
async function importLibrary(objects, folder) {
  const { stdout } = await run('x86_64-w64-mingw32-nm', ['--undefined-only', '--just-symbols', ...objects]);
  const names = new Set(stdout.match(/\b(napi|node_api|uv)_\w+/g));
  const definition = join(folder, 'node.def');
  await writeFile(definition, ['NAME node.exe', 'EXPORTS', ...names, ''].join('\n'));
  const library = join(folder, 'libnode.a');
  await run('x86_64-w64-mingw32-dlltool', ['--input-def', definition, '--output-lib', library]);
  return library;
}

try {
  await run(COMPILER, ['--version']);
} catch {
  console.log(`not checked: ${COMPILER} is not there (Debian: g++-mingw-w64-x86-64-posix)`);
  process.exit();
}
if (!existsSync(headers)) {
  console.log('not checked: this Node.js came without headers, and nodedir of npm names none');
  process.exit();
}
const folder = await mkdtemp(join(tmpdir(), 'port-for-native-windows-'));
try {
  const target = readTarget(root, 'win');
  const objects = await compile(target, folder);
  const node = await importLibrary(objects, folder);
  await run(COMPILER, ['-shared', '-o', join(folder, 'addon.node'), ...objects, node, ...target.libraries]);
  console.log(`${target.sources.length} files compile and link for Windows`);
} catch (error) {
  console.error(error.stderr || error);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}
