import { readFileSync, readlinkSync } from 'node:fs';

/** A file of `/proc/PID`; undefined where the process has ended, or hides it. */
export function readProcFile(pid: number, file: string): string | undefined {
  return attempt(() => readFileSync(`/proc/${pid}/${file}`, 'utf8'));
}

/** Where a link of `/proc/PID` leads; undefined where the process has ended, or hides it. */
export function readProcLink(pid: number, link: string): string | undefined {
  return attempt(() => readlinkSync(`/proc/${pid}/${link}`));
}

/** Processes end and hide while they are looked at: what cannot be read is not there. */
export function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
