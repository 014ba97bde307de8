import { type ExecFileException, execFile } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { libc } from '../../lib/addon/libc';
import { withoutPreloads } from './command';
import { distPath, ROOT } from './dist';
import { ASSUME_NOBODY, NOBODY, noNobody } from './privilege';

/** What a program printed, and how it ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for users of the package, away from the checkout, and programs that find neither a compiler nor Python. */
export interface Elsewhere {
  readonly folder: string;
  /** The only folder of the PATH. */
  readonly bin: string;
  /** As whoever runs the tests. */
  readonly run: Run;
  /** As an ordinary user, where root runs the tests. */
  readonly runAsUser: Run;
  /** Makes a folder of that user with these files in it; its path. */
  makeUser(name: string, files: Readonly<Record<string, string>>): string;
  remove(): void;
}

type Run = (
  cwd: string,
  program: string,
  words: readonly string[],
  settings?: NodeJS.ProcessEnv,
) => Promise<Ended>;

/** Makes it; `programs` are those that its PATH has besides Node.js and the shell. */
export function makeElsewhere(programs: readonly string[] = []): Elsewhere {
  const folder = mkdtempSync(join(tmpdir(), 'port-for-native-package-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, basename(process.execPath)));
  if (process.platform !== 'win32') symlinkSync('/bin/sh', join(bin, 'sh'));
  for (const program of programs) symlinkSync(find(program), join(bin, program));
  chmodSync(folder, 0o755);
  const isNobody = noNobody() === false;
  const give = (path: string) => isNobody && chownSync(path, NOBODY, NOBODY);
  const home = join(folder, 'home');
  mkdirSync(home);
  give(home);
  const run: Run = async (cwd, program, words, settings = {}) => {
    // What npm says of newer versions of itself is no word on the package.
    const env = {
      ...network(),
      npm_config_update_notifier: 'false',
      PATH: bin,
      HOME: folder,
      ...settings,
    };
    try {
      const [first, rest] = withoutPreloads(program, words);
      return { code: 0, ...(await promisify(execFile)(first, rest, { cwd, env, maxBuffer: 2 ** 24 })) };
    } catch (error) {
      const { code, stdout, stderr, message } = error as ExecFileException;
      return { code: typeof code === 'number' ? code : -1, stdout: stdout ?? '', stderr: stderr || message };
    }
  };
  const [asUser = '', ...change] = isNobody ? [find('setpriv'), ...ASSUME_NOBODY.split(' ').slice(1)] : [];
  return {
    folder,
    bin,
    run,
    runAsUser(cwd, program, words, settings) {
      const [first, ...rest] = isNobody ? [asUser, ...change, program, ...words] : [program, ...words];
      return run(cwd, first, rest, { HOME: home, ...settings });
    },
    makeUser(name, files) {
      const user = join(folder, name);
      mkdirSync(user, { recursive: true });
      give(user);
      for (const [file, text] of Object.entries(files)) {
        writeFileSync(join(user, file), text);
        give(join(user, file));
      }
      return user;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The settings by which programs reach the registry where that takes a proxy or a certificate. */
function network(): NodeJS.ProcessEnv {
  const needed = /^(https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|npm_config_(registry|cafile))$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => needed.test(name)));
}

/** A program of our own PATH, as a file that Node.js runs; empty where there is none. */
export function find(program: string): string {
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

export const NPM = find('npm');

/** The files that `npm pack` takes into the package, as paths of the package. */
export async function packedFiles({ folder, run }: Elsewhere): Promise<string[]> {
  distPath('index.js');
  await succeed(run(folder, process.execPath, [join(ROOT, 'scripts/vendor.mjs')]));
  const listing = await succeed(
    run(ROOT, process.execPath, [NPM, 'pack', '--dry-run', '--ignore-scripts', '--json']),
  );
  const [packed] = JSON.parse(listing) as [{ files: { path: string }[] }];
  return packed.files.map(({ path }) => path);
}

/** Where a release is packed, and how GitHub tells the workflow. */
const GITHUB = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'somebody/port-for-native' };
export const REPOSITORY = `${GITHUB.GITHUB_SERVER_URL}/${GITHUB.GITHUB_REPOSITORY}`;

/**
 * Packs the package as a release does, with the addon of this checkout as the only one, and its dependency. Returns the
 * paths of the tarballs.
 */
export async function packTarballs({ folder, run }: Elsewhere): Promise<{ own: string; dependency: string }> {
  distPath('index.js');
  const node = (...words: string[]) =>
    succeed(run(folder, process.execPath, words, { npm_execpath: NPM, ...GITHUB }));
  const own = await node(join(ROOT, 'scripts/pack.mjs'), '--built-here', folder);
  const source = join(ROOT, 'node_modules/node-gyp-build');
  const listing = await node(NPM, 'pack', '--ignore-scripts', '--json', '--pack-destination', folder, source);
  const [{ filename }] = JSON.parse(listing) as [{ filename: string }];
  return { own: own.trim(), dependency: join(folder, filename) };
}

/** Where the package has the prebuilt addon of this system. */
export function prebuiltPath(): string {
  const flavour = process.platform === 'linux' ? `.${libc()}` : '';
  return join('prebuilds', `${process.platform}-${process.arch}`, `port-for-native.napi${flavour}.node`);
}

/** What a program printed; throws what it said where it failed. */
export async function succeed(ended: Promise<Ended>): Promise<string> {
  const { code, stdout, stderr } = await ended;
  if (code !== 0) throw new Error(`ended with ${code}: ${stderr}${stdout}`);
  return stdout;
}

/** The packages of a `node_modules`, by name. */
export function installedPackages(folder: string): string[] {
  const modules = join(folder, 'node_modules');
  return existsSync(modules) ? readdirSync(modules).filter((name) => !name.startsWith('.')) : [];
}
