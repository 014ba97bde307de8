import { readFileSync } from 'node:fs';
import { attempt, readProcFile } from './proc-files';

let names: ReadonlyMap<number, string> | undefined;

/** The name of a user; the number as text where the machine's list of users (`/etc/passwd`) lacks it. */
export function userName(id: number): string {
  names ??= parsePasswd(attempt(() => readFileSync('/etc/passwd', 'utf8')) ?? '');
  return names.get(id) ?? `${id}`;
}

/** The names by user number in the text of passwd(5). The first line of a number counts. */
export function parsePasswd(text: string): Map<number, string> {
  const found = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':');
    if (name && id && /^\d+$/.test(id) && !found.has(Number(id))) found.set(Number(id), name);
  }
  return found;
}

/** The number of the user as whom a process acts: its effective user. */
export function userOf(pid: number): number | undefined {
  const id = /^Uid:\s+\d+\s+(\d+)/m.exec(readProcFile(pid, 'status') ?? '')?.[1];
  return id === undefined ? undefined : Number(id);
}
