// Installs the packed package by each package manager that the npm registry has. Not part of `npm test`, as it downloads
// the managers: `npm run test:installs`.
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { fetchPackage } from '../support/fetch-package';
import { type Ended, makeElsewhere, NPM, packTarballs, succeed } from '../support/tarball';

/** npm 12 says so on a Node.js that it does not support; that is no word on the package. */
const UNSUPPORTED = /^npm warn cli .*\n(?:npm supports the following .*\n)?/gm;
const WARNING = /\bwarn|WARN|ERR_|approve|ignored build|blocked|deprecated/i;

interface Manager {
  /** As the registry knows it. */
  readonly spec: string;
  /** What runs it, below its `node_modules`. */
  readonly script: string;
  /** Whether that is no script of Node.js. */
  readonly isProgram?: boolean;
  /** The files that it wants in the folder of its user, besides package.json. */
  readonly settings?: Record<string, string>;
  readonly install: readonly string[];
  /** The words before the name of a command of an installed package. */
  readonly exec: readonly string[];
  /** The packages that it put there. */
  packages(user: string): string[];
}

const FLAT = (user: string) =>
  readdirSync(join(user, 'node_modules')).filter((name) => !name.startsWith('.'));

const npm = (version: number): Manager => ({
  spec: `npm@${version}`,
  script: 'npm/bin/npm-cli.js',
  install: ['install', '--no-audit', '--no-fund'],
  exec: ['exec', '--'],
  packages: FLAT,
});

const MANAGERS: readonly Manager[] = [
  npm(10),
  npm(11),
  npm(12),
  {
    spec: 'pnpm@12',
    script: 'pnpm/bin/pnpm.mjs',
    install: ['install'],
    exec: ['exec'],
    packages: (user) =>
      readdirSync(join(user, 'node_modules/.pnpm')).filter((name) =>
        /^(port-for-native|node-gyp-build)@|^\w.*@/.test(name),
      ),
  },
  {
    spec: '@yarnpkg/cli-dist@4',
    script: '@yarnpkg/cli-dist/bin/yarn.js',
    settings: {
      '.yarnrc.yml': 'nodeLinker: pnp\nenableTelemetry: false\nenableGlobalCache: true\n',
      'yarn.lock': '',
    },
    install: ['install', '--no-immutable'],
    exec: ['run'],
    packages: (user) =>
      [...readFileSync(join(user, 'yarn.lock'), 'utf8').matchAll(/^"(?!user@)(.+?)@/gm)].map(
        ([, name = '']) => name,
      ),
  },
  {
    // Bun's own package downloads its program by a script: this one has it.
    spec: '@oven/bun-linux-x64-baseline@1',
    script: '@oven/bun-linux-x64-baseline/bin/bun',
    isProgram: true,
    install: ['install'],
    exec: ['run'],
    packages: FLAT,
  },
];

async function main(): Promise<void> {
  const elsewhere = makeElsewhere();
  t.teardown(elsewhere.remove);
  const { own } = await packTarballs(elsewhere);

  for (const manager of MANAGERS) {
    const { spec } = manager;
    await t.test(`${spec} installs it without a compiler, a warning or a script`, async (t) => {
      const fetched = await fetchPackage(spec, manager.script, elsewhere);
      if ('reason' in fetched) return t.plan(0, `skipped: ${fetched.reason}`);
      const home = elsewhere.makeUser(spec.replaceAll('/', '+'), {});
      // Whoever runs the tests, the user is nobody in particular, with a copy that he may read.
      const program = join(home, 'manager');
      cpSync(
        join(fetched.path.split('node_modules')[0] ?? '', 'node_modules'),
        join(program, 'node_modules'),
        { recursive: true },
      );
      const path = fetched.path.replace(/^.*?(?=\/node_modules\/)/, program);
      const start: [string, ...string[]] = manager.isProgram ? [path] : [process.execPath, path];

      const run = (cwd: string, first: string, ...rest: string[]): Promise<Ended> =>
        elsewhere.runAsUser(cwd, first, rest, { HOME: home, CI: '1' });
      const manifest = { name: 'user', private: true, dependencies: { 'port-for-native': `file:${own}` } };
      const files = { 'package.json': JSON.stringify(manifest), ...manager.settings };
      const makeUser = (name: string) => elsewhere.makeUser(join(basename(home), name), files);

      await succeed(run(makeUser('cold'), ...start, ...manager.install));
      const user = makeUser('warm');
      const begin = performance.now();
      const { code, stdout, stderr } = await run(user, ...start, ...manager.install);
      t.comment(`with a warm cache: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
      t.equal(code, 0);
      t.notMatch((stdout + stderr).replace(UNSUPPORTED, ''), WARNING);
      t.strictSame(
        manager
          .packages(user)
          .map((name) => name.replace(/@.*/, ''))
          .sort(),
        ['node-gyp-build', 'port-for-native'],
      );

      const config = join(home, 'port-for.conf');
      const port = await succeed(
        run(user, ...start, ...manager.exec, 'port-for-native', '--config', config, 'web'),
      );
      t.match(port.trim().split('\n').at(-1), /^\d+$/);
    });
  }
}

if (NPM === '') t.plan(0, 'skipped: npm is not in the path');
else main();
