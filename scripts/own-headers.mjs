import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of the headers that this very Node.js brought along, as `nodedir` of npm's configuration names one;
 * undefined where it brought none. With it, a build has nothing to download.
 */
export function ownHeaders() {
  const folder = join(dirname(process.execPath), '..');
  try {
    const header = readFileSync(join(folder, 'include/node/node_version.h'), 'utf8');
    const numbers = ['MAJOR', 'MINOR', 'PATCH'].map(
      (part) => new RegExp(`#define NODE_${part}_VERSION (\\d+)`).exec(header)?.[1],
    );
    return numbers.join('.') === process.versions.node ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** The environment of a program that builds: a `nodedir` of npm's configuration goes before our own. */
export function buildEnvironment() {
  const nodedir = process.env.npm_config_nodedir ?? ownHeaders();
  return nodedir === undefined ? process.env : { ...process.env, npm_config_nodedir: nodedir };
}
