// Installs the packed package by each package manager that the npm registry has. Not part of `npm test`, as it downloads
// the managers: `npm run test:installs`.
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { type Elsewhere, type Ended, makeElsewhere, NPM, packTarballs, succeed } from '../support/tarball';

const NOBODY = 65534;
/** npm 12 says so on a Node.js that it does not support; that is no word on the package. */
const UNSUPPORTED = /^npm warn cli .*\n(?:npm supports the following .*\n)?/gm;
const WARNING = /\bwarn|WARN|ERR_|approve|ignored build|blocked|deprecated/i;

/** Where the managers are kept from one run to the next. */
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'port-for-native/managers');

interface Manager {
  /** As the registry knows it. */
  readonly spec: string;
  /** What runs it, below its `node_modules`. */
  readonly script: string;
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
    spec: 'bun@1',
    script: 'bun',
    install: ['install'],
    exec: ['run'],
    packages: FLAT,
  },
];

/** Fetches a manager, as ourselves; its path, or why there is none. */
async function fetch(
  { spec, script }: Manager,
  elsewhere: Elsewhere,
): Promise<{ path: string } | { reason: string }> {
  const folder = join(CACHE, spec.replaceAll('/', '+'));
  // Bun's package downloads its program by a script: we take the package that has it.
  const bun = '@oven/bun-linux-x64-baseline';
  const path = join(folder, 'node_modules', script === 'bun' ? `${bun}/bin/bun` : script);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{}');
    const wanted = script === 'bun' ? `${bun}@1` : spec;
    const words = [NPM, 'install', '--ignore-scripts', '--no-audit', '--no-fund', wanted];
    const { code, stderr } = await elsewhere.run(folder, process.execPath, words, { HOME: homedir() });
    if (code !== 0 || !existsSync(path))
      return { reason: `${spec} cannot be installed: ${stderr.split('\n', 1)[0]}` };
  }
  return { path };
}

async function main(): Promise<void> {
  const elsewhere = makeElsewhere();
  t.teardown(elsewhere.remove);
  const { own } = await packTarballs(elsewhere);
  const isRoot = process.getuid?.() === 0;
  chmodSync(elsewhere.folder, 0o755);

  for (const manager of MANAGERS) {
    const { spec } = manager;
    await t.test(`${spec} installs it without a compiler, a warning or a script`, async (t) => {
      const fetched = await fetch(manager, elsewhere);
      if ('reason' in fetched) return t.plan(0, `skipped: ${fetched.reason}`);
      const home = join(elsewhere.folder, spec.replaceAll('/', '+'));
      // Whoever runs the tests, the user is nobody in particular, with a copy that he may read.
      const program = join(home, 'manager');
      cpSync(
        join(fetched.path.split('node_modules')[0] ?? '', 'node_modules'),
        join(program, 'node_modules'),
        { recursive: true },
      );
      const path = fetched.path.replace(/^.*?(?=\/node_modules\/)/, program);
      const start = manager.script === 'bun' ? [path] : [process.execPath, path];

      const run = (cwd: string, ...words: string[]): Promise<Ended> => {
        const drop = isRoot
          ? ['/usr/bin/setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
          : [];
        const [first = '', ...rest] = [...drop, ...words];
        return elsewhere.run(cwd, first, rest, { HOME: home, CI: '1' });
      };
      const makeUser = (name: string): string => {
        const folder = join(home, name);
        mkdirSync(folder, { recursive: true });
        const manifest = { name: 'user', private: true, dependencies: { 'port-for-native': `file:${own}` } };
        writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
        for (const [file, text] of Object.entries(manager.settings ?? {}))
          writeFileSync(join(folder, file), text);
        if (isRoot) for (const path of [home, folder]) chownSync(path, NOBODY, NOBODY);
        if (isRoot) for (const file of readdirSync(folder)) chownSync(join(folder, file), NOBODY, NOBODY);
        return folder;
      };

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
