import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../../package-folder';
import { EXIT } from '../exit-code';

/** `--build`: builds the addon from the sources in the package, where none of the prebuilt ones fits. */
export function build(): number {
  const script = join(PACKAGE_FOLDER, 'scripts', 'build-addon.mjs');
  const { status } = spawnSync(process.execPath, [script], { stdio: 'inherit' });
  return status ?? EXIT.failed;
}
