/** Tools that are too large for the main dependencies: each set has a manifest and a lock file of its own. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

/**
 * The `node_modules` of the set in `folder`, exactly as its lock file pins it. It lies in the user's cache, and is
 * fetched there once; no install script runs.
 */
export function lockedModules(folder) {
  const lock = readFileSync(join(folder, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex').slice(0, 8);
  const target = join(cacheFolder(), `${basename(folder)}-${digest}`);
  if (!existsSync(target)) {
    console.log(`fetching the tools of scripts/${basename(folder)} into ${target}`);
    const unfinished = `${target}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    for (const name of ['package.json', 'package-lock.json'])
      cpSync(join(folder, name), join(unfinished, name));
    const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
    execFileSync('npm', words, { cwd: unfinished, stdio: ['ignore', 'ignore', 'inherit'] });
    if (existsSync(target)) rmSync(unfinished, { recursive: true });
    else renameSync(unfinished, target);
  }
  return join(target, 'node_modules');
}

/** Where this project keeps what it downloads. */
export function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'port-for-native');
}
