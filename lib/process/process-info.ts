import { printable } from '../arguments/printable';
import { gitCheckout } from '../checkout/git-checkout';
import { type Container, parseControlGroup } from './control-group';
import { type ContainerProxy, containerProxy } from './engine-proxy';
import { type OriginKind, originKind } from './origin';
import { readProcFile, readProcLink } from './proc-files';
import { type ProcessStat, readStat, startedAt } from './stat';
import { userName, userOf } from './users';

/** A process in the chain of those that started another. */
export interface ParentProcess {
  /** The number of the process. */
  readonly pid: number;
  /** Its short name, as `ps -o comm` prints it. */
  readonly name: string;
  /** What kind of starter it is, if its name is a known one. */
  readonly kind?: OriginKind;
}

/** A process and where it comes from. Properties that the system hides or does not know are missing. */
export interface ProcessInfo {
  /** The number of the process. */
  readonly pid: number;
  /** Its short name, as `ps -o comm` prints it. */
  readonly name: string;
  /** Its command line, words apart by blanks; the short name where the system hides it. */
  readonly command: string;
  /** The user as whom it acts: the name, or the number where that has none. */
  readonly user?: string;
  /** When it started. */
  readonly startedAt?: Date;
  /** Its working folder. */
  readonly folder?: string;
  /** The root of the Git checkout that the folder lies in. */
  readonly checkout?: string;
  /** The terminal that it belongs to: `'pts/3'`. */
  readonly terminal?: string;
  /** Its parent, the parent of that, and so on, up to the first process of the machine or the container. */
  readonly parents: readonly ParentProcess[];
  /** The systemd unit that it belongs to: `'nginx.service'`. */
  readonly unit?: string;
  /** The container that it runs in. */
  readonly container?: Container;
  /** What it passes connections on to, where a container engine publishes ports by it. */
  readonly proxy?: ContainerProxy;
}

/** What is known of a process whose name and command line are known. */
export function describeProcess({
  pid,
  name,
  command,
}: Pick<ProcessInfo, 'pid' | 'name' | 'command'>): ProcessInfo {
  const stat = readStat(pid);
  if (stat === undefined) return { pid, name, command, parents: [] };
  const user = userOf(pid);
  const folder = folderOf(pid);
  const checkout = folder === undefined ? undefined : gitCheckout(folder, `/proc/${pid}/root`);
  return dropUnknown({
    pid,
    name,
    command,
    user: user === undefined ? undefined : userName(user),
    startedAt: startedAt(stat),
    folder: folder === undefined ? undefined : printable(folder),
    checkout: checkout === undefined ? undefined : printable(checkout),
    terminal: stat.terminal,
    parents: parentsOf(stat),
    proxy: containerProxy(name, command),
    ...parseControlGroup(readProcFile(pid, 'cgroup') ?? ''),
  });
}

/** A folder that was removed since has no place any more. */
function folderOf(pid: number): string | undefined {
  return readProcLink(pid, 'cwd')?.replace(/ \(deleted\)$/, '');
}

/** Far more than any chain has: a pid that is given again while the chain is read could close a circle. */
const LONGEST_CHAIN = 64;

/** The processes above one, the closest first. */
export function parentsOf(stat: ProcessStat): ParentProcess[] {
  const parents: ParentProcess[] = [];
  for (let next = readStat(stat.parent); next !== undefined; next = readStat(next.parent)) {
    const name = printable(next.name);
    const kind = originKind(next.name, readProcFile(next.pid, 'cmdline'));
    parents.push({ pid: next.pid, name, ...(kind === undefined ? {} : { kind }) });
    if (parents.length === LONGEST_CHAIN) break;
  }
  return parents;
}

/** An object without its undefined properties, which JSON lacks too. */
function dropUnknown<T extends object>(object: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>;
  };
}
