import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Elsewhere, NPM } from './tarball';

/** Where packages of the registry are kept from one run to the next. */
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'port-for-native/managers');

/**
 * Installs a package of the registry, as ourselves and without its scripts; the path of `file` below its `node_modules`, or
 * why there is none.
 */
export async function fetchPackage(
  spec: string,
  file: string,
  { run }: Elsewhere,
): Promise<{ path: string } | { reason: string }> {
  const folder = join(CACHE, spec.replaceAll('/', '+'));
  const path = join(folder, 'node_modules', file);
  if (existsSync(path)) return { path };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{}');
  const words = [NPM, 'install', '--ignore-scripts', '--no-audit', '--no-fund', spec];
  const { code, stderr } = await run(folder, process.execPath, words, { HOME: homedir() });
  if (code === 0 && existsSync(path)) return { path };
  return { reason: `${spec} cannot be installed: ${stderr.split('\n', 1)[0]}` };
}
