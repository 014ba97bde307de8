import { execFile } from 'node:child_process';
import {
  accessSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';

import load = require('node-gyp-build');

import t from 'tap';
import { distPath } from './support/dist';

const ROOT = resolve(__dirname, '..');
const PREBUILDS = join('prebuilds', `${process.platform}-${process.arch}`);
const SHIPPED =
  /^(dist|native)\/|^scripts\/with-own-headers\.mjs$|^data\/\w+\.json$|^prebuilds\/.+\.node$|^(binding\.gyp|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;

/** A program that depends on the package, in each of the ways there are. */
const USER = {
  'package.json': '{}',
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      noEmit: true,
      typeRoots: [join(ROOT, 'node_modules/@types')],
    },
  }),
  'required.cjs': `
    const all = require('port-for-native');
    console.log(JSON.stringify({ port: all.selectRandomSync(), names: Object.keys(all) }));`,
  'imported.mjs': `
    import * as all from 'port-for-native';
    import { selectRandomSync } from 'port-for-native';
    console.log(JSON.stringify({ port: selectRandomSync(), names: Object.keys(all) }));`,
  'imported.mts': `
    import { type PortSpec, selectRandomSync } from 'port-for-native';
    const ports: PortSpec = '8000-8100';
    export const port: number = selectRandomSync({ ports });
    // @ts-expect-error
    selectRandomSync({ ports: true });`,
  'required.cts': `
    import portForNative = require('port-for-native');
    export const port: number = portForNative.selectRandomSync();
    // @ts-expect-error
    portForNative.selectRandomSync({ ports: true });`,
};

const npm = find('npm');

async function main(): Promise<void> {
  distPath('index.js');
  // Elsewhere, so that nothing is found in the folders above.
  const folder = mkdtempSync(join(tmpdir(), 'port-for-native-package-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const bin = join(folder, 'bin');
  const user = join(folder, 'user');
  for (const created of [bin, user]) mkdirSync(created);
  for (const [name, text] of Object.entries(USER)) writeFileSync(join(user, name), text);
  // All that there is to run: an install that asked for a compiler would fail.
  symlinkSync(process.execPath, join(bin, basename(process.execPath)));
  if (process.platform !== 'win32') symlinkSync('/bin/sh', join(bin, 'sh'));

  const run = (program: string, words: readonly string[], cwd = user): Promise<string> =>
    runIn(cwd, { PATH: bin, HOME: folder, NODE_OPTIONS: '' }, program, words);
  const node = (...words: string[]): Promise<string> => run(process.execPath, words);
  const runNpm = (cwd: string, ...words: string[]): Promise<string> =>
    run(process.execPath, [npm, ...words], cwd);

  const [packed] = JSON.parse(await runNpm(ROOT, 'pack', '--dry-run', '--ignore-scripts', '--json'));
  const files: string[] = packed.files.map(({ path }: { path: string }) => path);

  t.test('the package holds what it takes to run and to build, and nothing else', async (t) => {
    t.strictSame(
      missing(['data/unassigned.json', 'data/services.json', 'dist/index.d.ts', 'binding.gyp'], files),
      [],
    );
    t.strictSame(missing(filesBelow('native'), files), []);
    t.strictSame(
      files.filter((path) => !SHIPPED.test(path)),
      [],
    );
  });

  t.test('each source file is built on some system', async (t) => {
    const gyp = readFileSync(join(ROOT, 'binding.gyp'), 'utf8');
    const sources = filesBelow('native').filter((path) => path.endsWith('.cc'));
    t.strictSame(
      sources.filter((path) => !gyp.includes(`"${path}"`)),
      [],
    );
  });

  await t.test('it is installed from a prebuilt addon, without a compiler and a network', async (t) => {
    const staging = join(folder, 'staging');
    for (const path of files) {
      if (!path.startsWith('prebuilds/')) cpSync(join(ROOT, path), join(staging, path));
    }
    cpSync(load.resolve(ROOT), join(staging, PREBUILDS, 'port-for-native.node'));
    const dependencies = ['node-addon-api', 'node-gyp-build'].map((name) => join(ROOT, 'node_modules', name));
    await runNpm(folder, 'pack', '--ignore-scripts', staging, ...dependencies);
    const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    t.equal(tarballs.length, 3);
    await runNpm(user, 'install', '--offline', ...tarballs.map((name) => join('..', name)));
    t.notOk(existsSync(join(user, 'node_modules/port-for-native/build')), 'nothing was compiled');
  });

  await t.test('CommonJS requires it, and ESM imports its names', async (t) => {
    const required = JSON.parse(await node('required.cjs'));
    const imported = JSON.parse(await node('imported.mjs'));
    t.match(required, { port: Number });
    t.match(imported, { port: Number });
    t.strictSame(missing(required.names, imported.names), []);
  });

  await t.test('every class and function goes by the name of its export', async (t) => {
    const print = `JSON.stringify(Object.entries(require('port-for-native')).filter(
      ([name, value]) => typeof value === 'function' && value.name !== name).map(([name]) => name))`;
    t.strictSame(JSON.parse(await node('-p', print)), []);
  });

  await t.test('TypeScript knows its types, for both', async (t) => {
    t.equal(await node(join(ROOT, 'node_modules/typescript/bin/tsc')), '');
  });

  await t.test('its commands run', async (t) => {
    const { version } = JSON.parse(
      await node('-p', `JSON.stringify(require('port-for-native/package.json'))`),
    );
    t.match(await run(join(user, 'node_modules/.bin/port-for'), ['--version']), version);
  });

  await t.test('without an addon for the system, the error says how to get one', async (t) => {
    rmSync(join(user, 'node_modules/port-for-native/prebuilds'), { recursive: true });
    t.match(
      await node('required.cjs').catch(({ stderr }) => stderr),
      /npm rebuild port-for-native[\s\S]*ERR_PORT_ADDON/,
    );
  });
}

/** The npm that is in the path, as a file that Node runs; empty where there is none. */
function find(program: string): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = process.platform === 'win32' ? `node_modules/${program}/bin/${program}-cli.js` : program;
    try {
      accessSync(join(folder, file));
      return realpathSync(join(folder, file));
    } catch {
      // Not in this folder.
    }
  }
  return '';
}

/** Runs a program in an environment of its own, to its end, and gives its output. */
async function runIn(cwd: string, env: NodeJS.ProcessEnv, program: string, words: readonly string[]) {
  const { stdout } = await promisify(execFile)(program, words, { cwd, env, maxBuffer: 2 ** 24 });
  return stdout;
}

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

function missing(wanted: readonly string[], present: readonly string[]): string[] {
  return wanted.filter((name) => !present.includes(name));
}

if (npm === '') t.plan(0, 'skipped: npm is not in the path');
else main();
