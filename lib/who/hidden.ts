import { readlinkSync } from 'node:fs';
import { attempt } from '../process/proc-files';

/** The first namespace of processes, in which all processes of the machine are visible (Linux `PROC_PID_INIT_INO`). */
const FIRST_NAMESPACE = 'pid:[4026531836]';

/**
 * Why a socket that some process has open shows none. Who may look into the first process of the machine sees them all,
 * so what shows none is the kernel's own, such as the socket of an NFS server. Root of a container, and root without
 * the right to trace processes (`CAP_SYS_PTRACE`), do not see all.
 */
export function whyMissing(): 'hidden' | 'kernel' {
  const isAtHome = attempt(() => readlinkSync('/proc/self/ns/pid')) === FIRST_NAMESPACE;
  const seesAll = attempt(() => readlinkSync('/proc/1/exe')) !== undefined;
  return isAtHome && seesAll ? 'kernel' : 'hidden';
}

/** How a process that is hidden from this one can be seen: by the words of a command, or from where. */
export function howToSee(command: string): string {
  if (process.platform === 'win32') return `${command}, as an administrator`;
  return process.geteuid?.() === 0
    ? 'from outside of this container, or with the right to trace processes (CAP_SYS_PTRACE)'
    : `sudo ${command}`;
}
