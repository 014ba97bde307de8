// Builds the addon from the sources of an installed package, and bundles the package by what the npm registry has. Not part
// of `npm test`, as it compiles and downloads: `npm run test:installs`.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { fetchPackage } from '../support/fetch-package';
import { find, makeElsewhere, NPM, packTarballs, succeed } from '../support/tarball';

const PICK = `console.log(require('port-for-native').selectRandomSync());`;

async function main(): Promise<void> {
  const elsewhere = makeElsewhere();
  t.teardown(elsewhere.remove);
  const user = elsewhere.makeUser('user', { 'package.json': '{}', 'pick.cjs': PICK });
  const { own, dependency } = await packTarballs(elsewhere);
  const node = (words: string[], settings?: NodeJS.ProcessEnv) =>
    elsewhere.runAsUser(user, process.execPath, words, settings);
  await succeed(node([NPM, 'install', '--offline', '--no-audit', '--no-fund', own, dependency]));
  const installed = join(user, 'node_modules/port-for-native');

  await t.test('webpack bundles a program with the package external', async (t) => {
    const webpack = await fetchPackage('webpack@5', 'webpack/lib/index.js', elsewhere);
    if ('reason' in webpack) return t.plan(0, `skipped: ${webpack.reason}`);
    const settings = {
      entry: join(user, 'pick.cjs'),
      target: 'node',
      mode: 'production',
      externals: { 'port-for-native': 'commonjs port-for-native' },
      output: { path: user, filename: 'bundle.js' },
    };
    const bundle = `require(process.argv[1])(${JSON.stringify(settings)}, (error, stats) => {
      if (error || stats.hasErrors() || stats.hasWarnings()) throw error || new Error(stats.toString());
    });`;
    // It lies in the cache of whoever runs the tests.
    await succeed(elsewhere.run(user, process.execPath, ['-e', bundle, webpack.path]));
    t.match(await succeed(node(['bundle.js'])), /^\d+\n$/);
  });

  await t.test('port-for-native --build makes the addon that was lacking', async (t) => {
    const tools = ['python3', 'make', 'g++'].filter((tool) => find(tool) === '');
    if (tools.length > 0) return t.plan(0, `skipped: needs ${tools.join(' and ')}`);
    rmSync(join(installed, 'prebuilds'), { recursive: true });
    t.match(await node(['pick.cjs']), { code: 1, stderr: /npx port-for-native --build/ });
    const { PATH } = process.env;
    const built = await node([join(installed, 'dist/port-for.js'), '--build'], { PATH });
    t.match(built, { code: 0, stdout: `built ${join(installed, 'build/Release/port_for_native.node')}` });
    t.match(await succeed(node(['pick.cjs'])), /^\d+\n$/);
    t.notOk(existsSync(join(installed, 'build/Release/obj.target')), 'nothing else is left of the build');
  });
}

if (NPM === '') t.plan(0, 'skipped: npm is not in the path');
else main();
