import { execFileSync } from 'node:child_process';
import { complaints } from '../prebuilds/stamp.mjs';

/** Builds the addon of a system, unless it is there and made of the sources as they are. */
export function ensurePrebuilt(root, name) {
  if (!complaints(root).some((line) => line.startsWith(`${name}:`))) return;
  console.log(`building the addon for ${name}`);
  execFileSync('npm', ['run', '--silent', 'prebuilds', '--', name], { cwd: root, stdio: 'inherit' });
}
