import { existsSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { invalidType, invalidValue, show } from '../arguments/invalid-argument';
import { PortForError } from '../errors/port-for-error';
import { gitCheckout, nearest } from './git-checkout';

/** What marks the top of a project that no git repository holds. */
const PROJECT_FILES = [
  'package.json',
  '.ports',
  'deno.json',
  'pyproject.toml',
  'Cargo.toml',
  'go.mod',
  'Gemfile',
  'composer.json',
  'pom.xml',
  'build.gradle',
  'compose.yaml',
  'docker-compose.yml',
];

/**
 * The checkout that `folder` is part of: the root of its git worktree, which is the nearest folder above with a `.git`
 * (a folder, or a file in further worktrees and submodules; git itself is not run). Without one, the nearest folder
 * with a `package.json`, a `.ports` or another file that begins a project; without that, `folder` itself.
 *
 * @param folder the current folder by default
 * @returns its real path: absolute, behind all symbolic links
 * @throws PortForError with code `ERR_PORT_NO_FOLDER` if there is no such folder.
 */
export function checkoutRoot(folder: string = currentFolder()): string {
  const start = realFolder(folder);
  return (
    gitCheckout(start) ??
    nearest(start, (place) => PROJECT_FILES.some((name) => existsSync(join(place, name)))) ??
    start
  );
}

/** The real path of a folder. Throws where there is none, or where its name cannot be written into a config file. */
export function realFolder(folder: unknown): string {
  if (typeof folder !== 'string') throw invalidType('folder', 'a string', folder);
  if (folder === '' || folder.includes('\0')) throw invalidValue(`folder ${show(folder)} names no folder`);
  let path: string;
  try {
    path = realpathSync.native(folder);
  } catch (error) {
    if (isMangled(folder)) throw notUtf8(folder);
    throw noFolder(folder, (error as NodeJS.ErrnoException).code ?? 'unknown', error);
  }
  // There may be no such file: a name that is not UTF-8 is not what it reads as.
  if (isMangled(path)) throw notUtf8(path);
  if (!statSync(path).isDirectory()) throw noFolder(folder, 'ENOTDIR');
  return path;
}

function isMangled(path: string): boolean {
  return path.includes('\uFFFD');
}

function notUtf8(path: string): RangeError {
  return invalidValue(`folder ${JSON.stringify(path)} has bytes in its name that are not UTF-8: rename it`);
}

function noFolder(folder: string, code: string, cause?: unknown): PortForError {
  const problem = code === 'ENOENT' || code === 'ENOTDIR' ? 'there is no folder' : 'cannot look into folder';
  return new PortForError(
    'ERR_PORT_NO_FOLDER',
    `${problem} ${JSON.stringify(folder)} (${code}): name another`,
    {
      cause,
    },
  );
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new PortForError('ERR_PORT_NO_FOLDER', 'the current folder is gone: change to another', {
      cause: error,
    });
  }
}
