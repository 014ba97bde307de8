import type { ChildProcess } from 'node:child_process';
import { optionalAddon } from '../addon/optional-addon';

/** How a process ended; both undefined where the system does not tell. */
export interface ProcessEnd {
  readonly pid: number | undefined;
  /** Its exit code; undefined where a signal ended it. */
  readonly exitCode: number | undefined;
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | undefined;
}

/** Where the system cannot watch a process that is no child of ours: how often to look whether it is there, ms: a look
 * is one kill(2) of a microsecond. */
const LOOK = 10;

/** Tells once, never before it returns, that a process has ended. Returns what ends the watch. */
export function watchProcess(process: ChildProcess | number, onEnd: (end: ProcessEnd) => void): () => void {
  return typeof process === 'number' ? watchNumber(process, onEnd) : watchChild(process, onEnd);
}

function watchChild(child: ChildProcess, onEnd: (end: ProcessEnd) => void): () => void {
  const tell = () => {
    const { pid, exitCode, signalCode } = child;
    onEnd({ pid, exitCode: exitCode ?? undefined, signal: signalCode ?? undefined });
  };
  // One that could not be started emits no exit, and has no number.
  const hasEnded = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  const soon = hasEnded ? setImmediate(tell) : undefined;
  child.once('exit', tell);
  return () => {
    clearImmediate(soon);
    child.off('exit', tell);
  };
}

function watchNumber(pid: number, onEnd: (end: ProcessEnd) => void): () => void {
  const tell = (status?: number) => onEnd({ pid, ...readStatus(status) });
  const stop = optionalAddon()?.watchProcess(pid, tell);
  if (typeof stop === 'function') return stop;
  if (stop === null) {
    const soon = setImmediate(tell);
    return () => clearImmediate(soon);
  }
  const timer = setInterval(() => {
    if (isThere(pid)) return;
    clearInterval(timer);
    tell();
  }, LOOK).unref();
  return () => clearInterval(timer);
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Reads a status as wait(2) encodes it: a signal in the low seven bits, else the exit code above them. */
function readStatus(status: number | undefined): Pick<ProcessEnd, 'exitCode' | 'signal'> {
  if (status === undefined) return { exitCode: undefined, signal: undefined };
  const number = status & 0x7f;
  if (number === 0) return { exitCode: status >> 8, signal: undefined };
  const { constants } = require('node:os') as typeof import('node:os');
  const [name] = Object.entries(constants.signals).find(([, value]) => value === number) ?? [];
  return { exitCode: undefined, signal: name as NodeJS.Signals | undefined };
}
