import { readlinkSync } from 'node:fs';
import { attempt } from '../process/proc-files';

/** The first namespace of processes, in which all processes of the machine are visible (Linux `PROC_PID_INIT_INO`). */
const FIRST_NAMESPACE = 'pid:[4026531836]';

/** Why a socket that some process has open shows none. Root sees all processes of the machine, so what shows none is the kernel's own, such as that of an NFS server. */
export function whyMissing(): 'hidden' | 'kernel' {
  const isRoot = process.geteuid?.() === 0;
  return isRoot && attempt(() => readlinkSync('/proc/self/ns/pid')) === FIRST_NAMESPACE ? 'kernel' : 'hidden';
}
