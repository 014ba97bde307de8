import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

/** This folder's parent, where the suites are, and the package that is measured. */
export const BENCH = join(import.meta.dirname, '..');
export const PACKAGE = join(BENCH, '..');

/** The script behind a command of ours. */
export function ownCommand(name) {
  return join(PACKAGE, require(join(PACKAGE, 'package.json')).bin[name]);
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
