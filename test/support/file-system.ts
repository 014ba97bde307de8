import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a file look as if its last writer was done long ago, for systems that do not tell whether one is at work. */
export function settle(path: string): string {
  utimesSync(path, 1, 1);
  return path;
}

/** Why a test cannot make symbolic links; false where it can. Windows wants a privilege, and Wine 8 makes none. */
export const NO_SYMLINKS: string | false = can((folder) => {
  symlinkSync('file', join(folder, 'link'));
  return readlinkSync(join(folder, 'link')) === 'file';
})
  ? false
  : 'no symbolic links can be made here';

/** Why modes say nothing about a file; false where they do. Windows knows only whether a file is read-only. */
export const NO_MODES: string | false = can((_, file) => {
  chmodSync(file, 0o640);
  return (statSync(file).mode & 0o7777) === 0o640;
})
  ? false
  : 'files have no modes here';

/** Why no file that is open can be replaced by renaming; false where it can. */
export const NO_REPLACING_OPEN: string | false = can((folder, file) => {
  const fd = openSync(file, 'r');
  try {
    writeFileSync(join(folder, 'fresh'), '');
    renameSync(join(folder, 'fresh'), file);
  } finally {
    closeSync(fd);
  }
  return true;
})
  ? false
  : 'no file that is open can be replaced here';

/** Why a read-only file protects nothing from this user; false where it does. Tests as root go on as nobody. */
export const READ_ONLY_IS_WRITABLE: string | false =
  process.geteuid?.() !== 0 &&
  can((_, file) => {
    chmodSync(file, 0o444);
    closeSync(openSync(file, 'r+'));
    return true;
  })
    ? 'this user may write read-only files'
    : false;

/** Tries something in a folder of its own, with a file in it. */
function can(tryIt: (folder: string, file: string) => boolean): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'port-for-test-'));
  const file = join(folder, 'file');
  writeFileSync(file, '');
  try {
    return tryIt(folder, file);
  } catch {
    return false;
  } finally {
    chmodSync(file, 0o666);
    rmSync(folder, { recursive: true });
  }
}
