import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { attempt, readProcFile } from './proc-files';

/** What `/proc/PID/stat` says of a process. */
export interface ProcessStat {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
  /** The controlling terminal: `'pts/3'`; undefined for none. */
  readonly terminal: string | undefined;
  /** Its start, in ticks of the kernel's clock since boot: with the number, this identifies a process for ever. */
  readonly startTicks: number;
  /** Whether it only waits for its parent to collect it (a zombie). */
  readonly hasEnded: boolean;
}

/** Undefined where there is no such process, or the system has no `/proc`. */
export function readStat(pid: number): ProcessStat | undefined {
  const text = readProcFile(pid, 'stat');
  const stat = text === undefined ? undefined : parseStat(text);
  return stat !== undefined && NODE_THREADS.has(stat.name)
    ? { ...stat, name: programOf(pid) ?? stat.name }
    : stat;
}

/** The names that Node.js 24 and 26 give their main thread, which is where others have the program's name. */
const NODE_THREADS = new Set(['MainThread', 'node-MainThread']);

/** The file that the command starts with. */
function programOf(pid: number): string | undefined {
  const [word = ''] = readProcFile(pid, 'cmdline')?.split(/[\0 ]/, 1) ?? [];
  return word === '' ? undefined : basename(word);
}

/** Reads the text of `/proc/PID/stat` (proc(5)); undefined for any other. A name may hold blanks and parentheses. */
export function parseStat(text: string): ProcessStat | undefined {
  const [, pid, name, rest] = /^(\d+) \((.*)\) (.*)$/s.exec(text) ?? [];
  const fields = rest?.trim().split(' ') ?? [];
  const [state, parent, , , terminal] = fields;
  const startTicks = fields[19];
  if (name === undefined || parent === undefined || startTicks === undefined) return undefined;
  return {
    pid: Number(pid),
    name,
    parent: Number(parent),
    terminal: terminalName(Number(terminal)),
    startTicks: Number(startTicks),
    hasEnded: state === 'Z' || state === 'X',
  };
}

/** The major and minor numbers of a terminal, as the kernel packs them. */
function terminalName(device: number): string | undefined {
  const major = (device >> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00);
  if (major >= 136 && major <= 143) return `pts/${minor + ((major - 136) << 20)}`;
  return major === 4 && minor < 64 ? `tty${minor}` : undefined;
}

/** The kernel counts in hundredths of a second for its users (USER_HZ). */
const TICK = 10;

let bootedAt: number | undefined;

/** When a process started, to a hundredth of a second. */
export function startedAt({ startTicks }: ProcessStat): Date | undefined {
  bootedAt ??= readBootTime();
  return bootedAt === undefined ? undefined : new Date(bootedAt + startTicks * TICK);
}

/** Read once, so that a process always started at the same time. */
function readBootTime(): number | undefined {
  const uptime = attempt(() => Number.parseFloat(readFileSync('/proc/uptime', 'utf8')));
  return uptime === undefined ? undefined : Math.round(Date.now() - uptime * 1000);
}
