import { type BigIntStats, lstatSync, readlinkSync } from 'node:fs';
import { dirname, join, parse, resolve, sep } from 'node:path';
import { ConfigAccessError } from './errors';

const MOST_LINKS = 40;

/**
 * The path of the file itself, behind all symbolic links, whether the file is there yet or not. Its folder has to be:
 * throws ENOTDIR for what stands in place of a folder, also on Windows, which has ENOENT for it.
 */
export function resolveTarget(path: string): string {
  return resolveLinks(path, () => {});
}

/**
 * The same for who is going to write. Root follows only links that nobody else could have made: others could lead it
 * to any file. Throws a `ConfigAccessError` that names the link.
 */
export function resolveToWrite(path: string): string {
  if (process.geteuid?.() !== 0) return resolveTarget(path);
  return resolveLinks(path, (link, folder, place) => {
    if (isOurs(folder) && link.uid === 0n) return;
    throw new ConfigAccessError(
      path,
      'ELOOP',
      `cannot write ${path}: ${place} is a link that another user could have made, and root follows none: name the file itself (${readlinkSync(place)})`,
    );
  });
}

/** Whether nobody but root can rename or replace what root has made in a folder. */
export function isOurs({ uid, mode }: { uid: bigint; mode: bigint }): boolean {
  return uid === 0n && ((mode & 0o022n) === 0n || (mode & 0o1000n) !== 0n);
}

type CheckLink = (link: BigIntStats, folder: BigIntStats, place: string) => void;

function resolveLinks(path: string, check: CheckLink): string {
  const absolute = resolve(path);
  let { root: folder } = parse(absolute);
  const parts = absolute.slice(folder.length).split(sep);
  for (let links = 0; parts.length > 0; ) {
    const part = parts.shift() ?? '';
    if (part === '' || part === '.') continue;
    const place = part === '..' ? dirname(folder) : join(folder, part);
    const stat = lstatSync(place, { bigint: true, throwIfNoEntry: parts.length > 0 });
    if (stat?.isSymbolicLink() !== true) {
      if (parts.length > 0 && stat?.isDirectory() === false) throw noFolder(place);
      folder = place;
      continue;
    }
    check(stat, lstatSync(folder, { bigint: true }), place);
    if (++links > MOST_LINKS) throw tooManyLinks(path);
    const target = readlinkSync(place);
    const { root } = parse(target);
    parts.unshift(...target.slice(root.length).split(sep));
    if (root !== '') folder = root;
  }
  return folder;
}

function noFolder(path: string): Error {
  const message = `ENOTDIR: not a directory, lstat '${path}'`;
  return Object.assign(new Error(message), { code: 'ENOTDIR', syscall: 'lstat', path });
}

function tooManyLinks(path: string): Error {
  const message = `ELOOP: too many symbolic links, lstat '${path}'`;
  return Object.assign(new Error(message), { code: 'ELOOP', syscall: 'lstat', path });
}
