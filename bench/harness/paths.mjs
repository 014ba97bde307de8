import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

/** This folder's parent, where the suites are, and the package that is measured. */
export const BENCH = join(import.meta.dirname, '..');
export const PACKAGE = join(BENCH, '..');

/** A command of ours, or undefined while it is not built. */
export function ownCommand(name) {
  const path = join(PACKAGE, 'dist', 'cli', `${name}.js`);
  return existsSync(path) ? path : undefined;
}

/** The package that is measured, from the place where its users would get it. */
export function loadPackage() {
  return require(PACKAGE);
}

export function worker(name) {
  return join(BENCH, 'workers', name);
}

/** The script behind a command of one of the peers. */
export function peerCommand(packageName, command = packageName) {
  const folder = join(BENCH, 'node_modules', packageName);
  const { bin } = require(join(folder, 'package.json'));
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}
