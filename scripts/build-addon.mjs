// Builds the addon of an installed package from the sources in it: `port-for-native --build`. Takes the node-gyp that
// npm brings along. Builds in a folder of its own, and leaves build/Release/port_for_native.node in the package only
// when it is whole and can be loaded.
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildEnvironment } from './own-headers.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCES = ['native', 'vendor', 'scripts'];

function fail(message) {
  console.error(`port-for-native: ${message}`);
  process.exit(1);
}

/** The script of node-gyp: installed beside the package, or npm's own. */
function findNodeGyp() {
  const places = [root, ...npmFolders()];
  for (const place of places) {
    try {
      return createRequire(join(place, 'package.json')).resolve('node-gyp/bin/node-gyp.js');
    } catch {
      // Not there.
    }
  }
  return fail(
    'node-gyp is not there: it comes with npm, or install it beside this package (npm install node-gyp)',
  );
}

/** Where npm may lie: the one that runs us, the one beside Node.js, the one in the path. */
function npmFolders() {
  const scripts = [
    process.env.npm_execpath,
    join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js'),
    join(dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js'),
    ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'npm')),
  ];
  return scripts
    .filter((script) => script && existsSync(script))
    .map((script) => dirname(dirname(realpathSync(script))));
}

function build(folder) {
  for (const name of SOURCES) {
    if (existsSync(join(root, name))) cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  const gyp = join(root, 'vendor/binding.gyp');
  cpSync(existsSync(gyp) ? gyp : join(root, 'binding.gyp'), join(folder, 'binding.gyp'));
  const words = [findNodeGyp(), 'rebuild', '--loglevel=warn'];
  const { status } = spawnSync(process.execPath, words, {
    cwd: folder,
    env: buildEnvironment(),
    stdio: 'inherit',
  });
  if (status !== 0)
    fail('the addon was not built; it takes python3, make and a compiler for C++17 (above: what failed)');
  return join(folder, 'build/Release/port_for_native.node');
}

/** Loads the addon in a process of its own, as a crash must not be ours. */
function check(addon) {
  const { status } = spawnSync(process.execPath, ['-e', 'require(process.argv[1])', addon], {
    stdio: 'inherit',
  });
  if (status !== 0) fail('the addon was built, and cannot be loaded');
}

try {
  accessSync(root, constants.W_OK);
} catch {
  fail(
    `${root} cannot be written: build as the user who installed the package (with Yarn PnP, "yarn unplug" it first)`,
  );
}
const folder = mkdtempSync(join(tmpdir(), 'port-for-native-build-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const addon = build(folder);
check(addon);
const target = join(root, 'build/Release/port_for_native.node');
mkdirSync(dirname(target), { recursive: true });
cpSync(addon, `${target}.new`);
renameSync(`${target}.new`, target);
console.log(`built ${target}`);
