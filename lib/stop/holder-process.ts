import { constants } from 'node:os';
import { addon } from '../addon/addon';

/** The signals by which a listener is stopped. */
export type StopSignal = 'SIGTERM' | 'SIGKILL';

/**
 * A process that is to be stopped, and never another one that got its number after its end: on Linux by a pidfd, on
 * Windows by a handle. The other systems have none; there the moment between a look and a signal is left.
 */
export class HolderProcess {
  readonly pid: number;
  #handle: number | undefined;
  #isOpen = true;

  constructor(pid: number) {
    this.pid = pid;
    this.#handle = addon.openProcess(pid);
    if (this.#handle === undefined && hasHandles()) this.#isOpen = false;
  }

  hasEnded(): boolean {
    if (!this.#isOpen) return true;
    return this.#handle === undefined ? !isThere(this.pid) : addon.processHasEnded(this.#handle);
  }

  /** False where it has ended. */
  signal(signal: StopSignal): boolean {
    if (!this.#isOpen) return false;
    if (this.#handle !== undefined) return addon.signalProcess(this.#handle, constants.signals[signal]);
    try {
      return process.kill(this.pid, signal);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
      throw error;
    }
  }

  close(): void {
    if (this.#handle !== undefined) addon.closeProcess(this.#handle);
    this.#handle = undefined;
    this.#isOpen = false;
  }
}

/** Whether the system has handles of processes: then there is one of this process. */
function hasHandles(): boolean {
  const own = addon.openProcess(process.pid);
  if (own === undefined) return false;
  addon.closeProcess(own);
  return true;
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
