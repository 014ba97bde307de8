import { readStat } from '../process/stat';

/** Identifies a process, also against a later one that reuses its number. */
export interface OwnerProcess {
  readonly pid: number;
  /** Its start, in ticks of the kernel's clock since boot; undefined where the system has no `/proc`. */
  readonly startTicks: number | undefined;
}

/** The process that has the number now; undefined where there is none, and for a zombie, which has ended. */
export function identify(pid: number): OwnerProcess | undefined {
  const stat = readStat(pid);
  if (stat !== undefined) return stat.hasEnded ? undefined : { pid, startTicks: stat.startTicks };
  return process.platform !== 'linux' && isThere(pid) ? { pid, startTicks: undefined } : undefined;
}

/** A zombie, which only waits for its parent to collect it, has ended. */
export function isAlive({ pid, startTicks }: OwnerProcess): boolean {
  if (startTicks === undefined) return isThere(pid);
  const stat = readStat(pid);
  return stat !== undefined && stat.startTicks === startTicks && !stat.hasEnded;
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
