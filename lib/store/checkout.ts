import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { invalidType, invalidValue, show } from '../arguments/invalid-argument';
import { PortForError } from '../errors/port-for-error';

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
    nearest(start, (place) => existsSync(join(place, '.git'))) ??
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
    throw noFolder(folder, (error as NodeJS.ErrnoException).code ?? 'unknown', error);
  }
  if (!statSync(path).isDirectory()) throw noFolder(folder, 'ENOTDIR');
  if (path.includes('\uFFFD')) {
    throw invalidValue(`folder ${JSON.stringify(path)} has bytes in its name that are not UTF-8: rename it`);
  }
  return path;
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

function nearest(start: string, isIt: (folder: string) => boolean): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (isIt(folder)) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/**
 * The section of the config file for the names of a checkout: its real path. Brackets, control characters and `%` are
 * written as in a URL (`%5B`), so that Python's ConfigParser, whatever its version, gives the section back as it was.
 */
export function sectionOf(folder: string): string {
  return folder.replace(ESCAPED, (character) => encodeURIComponent(character));
}

const ESCAPED = /[%[\]\p{Cc}\u2028\u2029]/gu;

/** The checkout that a section is of; undefined for `DEFAULT` and for sections that are not ours. */
export function folderOf(section: string): string | undefined {
  if (!isCheckoutSection(section)) return undefined;
  try {
    return section.replace(/(?:%[0-9A-F]{2})+/gi, decodeURIComponent);
  } catch {
    return section;
  }
}

/** Whether a section is headed by an absolute path, of this or another system. */
export function isCheckoutSection(section: string): boolean {
  return /^(?:\/|[a-z]:[\\/]|\\\\)/i.test(section);
}

/** Whether nothing, or no folder, is at the path any more. A path that cannot be looked at is not gone. */
export function isGone(folder: string): boolean {
  try {
    return !statSync(folder).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR';
  }
}
