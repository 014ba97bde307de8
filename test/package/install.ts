import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { libc } from '../../lib/addon/libc';
import { ROOT } from '../support/dist';
import {
  installedPackages,
  makeElsewhere,
  NPM,
  packTarballs,
  prebuiltPath,
  REPOSITORY,
  succeed,
} from '../support/tarball';

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

async function main(): Promise<void> {
  const elsewhere = makeElsewhere();
  t.teardown(elsewhere.remove);
  const { folder } = elsewhere;
  const user = elsewhere.makeUser('user', USER);
  const installed = join(user, 'node_modules/port-for-native');
  const run = (program: string, ...words: string[]) => elsewhere.runAsUser(user, program, words);
  const node = (...words: string[]) => run(process.execPath, ...words);
  const npm = (...words: string[]) => node(NPM, ...words);
  const { own, dependency } = await packTarballs(elsewhere);

  await t.test('npm installs two packages, without a compiler, a network or a warning', async (t) => {
    const { code, stdout, stderr } = await npm(
      'install',
      '--offline',
      '--no-audit',
      '--no-fund',
      own,
      dependency,
    );
    t.equal(code, 0);
    t.equal(stderr, '');
    t.match(stdout, /^\s*added 2 packages in \S+\s*$/);
    t.strictSame(installedPackages(user), ['node-gyp-build', 'port-for-native']);
    t.notOk(existsSync(join(installed, 'build')), 'nothing was compiled');
  });

  await t.test('its manifest has no scripts, and names the repository that packed it', async (t) => {
    const { scripts, repository } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    t.equal(scripts, undefined);
    t.strictSame(repository, { type: 'git', url: `git+${REPOSITORY}.git` });
  });

  await t.test('CommonJS requires it, and ESM imports its names', async (t) => {
    const required = JSON.parse(await succeed(node('required.cjs')));
    const imported = JSON.parse(await succeed(node('imported.mjs')));
    t.match(required, { port: Number });
    t.match(imported, { port: Number });
    t.strictSame(
      required.names.filter((name: string) => !imported.names.includes(name)),
      [],
    );
  });

  await t.test(
    'every class and function goes by the name of its export, or of the one it is beside',
    async (t) => {
      const print = `JSON.stringify(Object.entries(require('port-for-native')).filter(([name, value]) =>
      typeof value === 'function' && require('port-for-native')[value.name] !== value).map(([name]) => name))`;
      t.strictSame(JSON.parse(await succeed(node('-p', print))), []);
    },
  );

  await t.test('TypeScript knows its types, for both', async (t) => {
    t.equal(await succeed(node(join(ROOT, 'node_modules/typescript/bin/tsc'))), '');
  });

  await t.test('its commands run', async (t) => {
    const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    for (const command of ['port-for', 'port-for-native']) {
      const ended = run(join(user, 'node_modules/.bin', command), '--version');
      t.match(await succeed(ended), version, command);
    }
  });

  await t.test('npx runs the command by the name of the package', async (t) => {
    const ended = await npm('exec', '--offline', '--', 'port-for-native', '--user', 'web');
    t.match(ended.stdout, /^\d+\n$/);
    t.equal(ended.stderr, '');
  });

  await t.test('an install without scripts leaves the same files', async (t) => {
    const other = elsewhere.makeUser('other', { 'package.json': '{}' });
    const words = [NPM, 'install', '--offline', '--ignore-scripts', '--no-audit', own, dependency];
    await succeed(elsewhere.runAsUser(other, process.execPath, words));
    t.strictSame(filesOf(other), filesOf(user));
  });

  await t.test('where no addon fits, the error says what was looked for and how to get one', async (t) => {
    const prebuilds = join(installed, 'prebuilds');
    cpSync(prebuilds, join(folder, 'prebuilds'), { recursive: true });
    t.teardown(() => cpSync(join(folder, 'prebuilds'), prebuilds, { recursive: true }));
    rmSync(prebuilds, { recursive: true });
    const { stderr } = await node('required.cjs');
    t.match(stderr, /ERR_PORT_ADDON/);
    t.match(stderr, `there is no addon for ${process.platform}-${process.arch}`);
    t.match(stderr, prebuiltPath());
    t.match(stderr, 'npx port-for-native --build');
  });

  await t.test(
    'a package that is copied to a system with another C library says which',
    { skip: process.platform !== 'linux' && 'only Linux has several C libraries' },
    async (t) => {
      // What Node.js on the other system differs in, as far as the package looks: the loader that its program names.
      const others = { glibc: '/lib/ld-musl-x86_64.so.1', musl: '/lib64/ld-linux-x86-64.so.2' };
      const program = join(folder, 'other-node');
      writeFileSync(program, others[libc()]);
      const preload = join(folder, 'other-node.cjs');
      writeFileSync(preload, `process.execPath = ${JSON.stringify(program)};`);
      const { code, stderr } = await node('--require', preload, 'required.cjs');
      const other = libc() === 'glibc' ? 'musl' : 'glibc';
      t.equal(code, 1);
      t.match(stderr, `there is no addon for linux-${process.arch} with ${other}: looked for`);
      t.match(stderr, prebuiltPath().replace(libc(), other));
      t.match(stderr, 'npx port-for-native --build');
    },
  );

  await t.test('an addon of another system is told as such', async (t) => {
    const build = join(installed, 'build/Release');
    t.teardown(() => rmSync(join(installed, 'build'), { recursive: true }));
    mkdirSync(build, { recursive: true });
    writeFileSync(join(build, 'port_for_native.node'), 'for another system');
    const { stderr } = await node('required.cjs');
    t.match(stderr, /build.Release.port_for_native\.node in .* cannot be loaded on/);
    t.match(stderr, 'Remove the folder build');
  });

  await t.test('a build that lacks a compiler says so, and leaves nothing behind', async (t) => {
    const { code, stderr } = await run(join(user, 'node_modules/.bin/port-for-native'), '--build');
    t.equal(code, 1);
    t.match(stderr, /port-for-native: .*(python3, make and a compiler|node-gyp is not there)/);
    t.notOk(existsSync(join(installed, 'build')));
  });

  await t.test('bundles that leave the package out of them find it', async (t) => {
    const esbuild = join(ROOT, 'node_modules/.bin/esbuild');
    const words = [
      'required.cjs',
      '--bundle',
      '--platform=node',
      '--packages=external',
      '--outfile=bundle.cjs',
    ];
    await succeed(run(esbuild, ...words, '--log-level=warning'));
    t.match(JSON.parse(await succeed(node('bundle.cjs'))), { port: Number });
  });
}

function filesOf(folder: string): string[] {
  const modules = join(folder, 'node_modules/port-for-native');
  return readdirSync(modules, { recursive: true, encoding: 'utf8' }).sort();
}

if (NPM === '') t.plan(0, 'skipped: npm is not in the path');
else main();
