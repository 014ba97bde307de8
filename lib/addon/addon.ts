import { getSystemErrorMap } from 'node:util';

import { PortSystemError } from '../errors/port-system-error';
import { PACKAGE_FOLDER } from '../package-folder';
import type { Addon, Job, LeaseHandle } from './contract';
import { loadAddon } from './load-addon';

/** The addon, which this file alone loads. What the kernel refuses is thrown as a {@link PortSystemError}. */
export const addon: Addon = explainFaults(loadAddon(PACKAGE_FOLDER) as Addon);

/** `native` with the functions that the kernel can refuse wrapped; the others are called as they are. */
function explainFaults(native: Addon): Addon {
  const wrapped: Partial<Addon> = {
    ephemeralRanges: explain(native.ephemeralRanges),
    reservedRanges: explain(native.reservedRanges),
    isLocalAddress: explain(native.isLocalAddress),
    tablePorts: explain(native.tablePorts),
    tableSockets: explain(native.tableSockets),
    openProcess: explain(native.openProcess),
    signalProcess: explain(native.signalProcess),
    tryLock: explain(native.tryLock),
    tryLockContent: explain(native.tryLockContent),
    openFolder: explain(native.openFolder),
    openInFolder: explain(native.openInFolder),
    statInFolder: explain(native.statInFolder),
    renameInFolder: explain(native.renameInFolder),
    linkInFolder: explain(native.linkInFolder),
    unlinkInFolder: explain(native.unlinkInFolder),
    makeFolderInFolder: explain(native.makeFolderInFolder),
    closeDescriptor: explain(native.closeDescriptor),
    setBlocking: explain(native.setBlocking),
    openAbstractSocket: explain(native.openAbstractSocket),
    pickSync: explain(native.pickSync),
    pick: explain((request) => explainJob(native.pick(request))),
    scanSync: explain(native.scanSync),
    scan: explain((request) => explainJob(native.scan(request))),
  };
  explainLeaseFaults(native.LeaseHandle.prototype);
  return Object.create(native, Object.getOwnPropertyDescriptors(wrapped)) as Addon;
}

function explainLeaseFaults(leases: LeaseHandle): void {
  leases.descriptors = explain(leases.descriptors);
  leases.take = explain(leases.take);
  leases.openServer = explain(leases.openServer);
  leases.activate = explain(leases.activate);
}

function explain<This, Words extends unknown[], Answer>(call: (this: This, ...words: Words) => Answer) {
  return function (this: This, ...words: Words): Answer {
    try {
      return call.apply(this, words);
    } catch (error) {
      return rethrow(error);
    }
  };
}

function explainJob<Result>(job: Job<Result>): Job<Result> {
  return {
    result: job.result.catch(rethrow),
    done: () => job.done(),
    ended: () => job.ended(),
    cancel: () => job.cancel(),
  };
}

/** What the addon throws: the kernel's error as the C library numbers them, and the call that met it. */
interface Fault extends Error {
  readonly errno: number;
  readonly syscall: string;
}

function rethrow(error: unknown): never {
  throw isFault(error) ? toSystemError(error) : error;
}

function isFault(error: unknown): error is Fault {
  return error instanceof Error && 'errno' in error && 'syscall' in error;
}

function toSystemError(error: Fault): PortSystemError {
  const [systemCode, meaning] = describe(error.errno);
  const wayOut = WAYS_OUT[systemCode];
  return new PortSystemError(
    systemCode,
    error.syscall,
    `${systemCode}: ${meaning}, ${error.syscall}${wayOut === undefined ? '' : `: ${wayOut}`}`,
  );
}

/** What is known of an error by its number. */
const described = new Map<number, readonly [name: string, meaning: string]>();

/** The name of an error and what it means: the name is what the C library and libuv, on Windows, have in common. */
function describe(errno: number): readonly [name: string, meaning: string] {
  const known = described.get(errno);
  if (known !== undefined) return known;
  const { constants } = require('node:os') as typeof import('node:os');
  const [name] = Object.entries(constants.errno).find(([, number]) => number === errno) ?? [`errno ${errno}`];
  const found = [...getSystemErrorMap().values()].find(([code]) => code === name) ?? [name, 'unknown error'];
  described.set(errno, found);
  return found;
}

const WAYS_OUT: Record<string, string> = {
  EAGAIN: 'a limit of threads or processes may be reached (ulimit -u, or that of the container)',
  EMFILE: 'raise the limit of open files (ulimit -n), or hold or probe fewer ports at once',
  EADDRNOTAVAIL: 'the address is gone, or every ephemeral port is taken: close connections, or wait a minute',
  ENETUNREACH: 'no connection of this machine to itself works there: is its loopback interface up?',
  ENFILE: 'the whole system is out of open files (sysctl fs.file-max)',
};

/**
 * What to throw where a part of the package could not be loaded when it was first used: a {@link PortSystemError} where no
 * descriptor was left to read its file, else the error itself.
 */
export function partUnread(error: unknown): unknown {
  const { code, syscall = 'open' } = error as NodeJS.ErrnoException;
  if (code !== 'EMFILE' && code !== 'ENFILE') return error;
  const message = `${code}: a part of the package cannot be read, ${syscall}: ${WAYS_OUT[code]}`;
  return new PortSystemError(code, syscall, message, { cause: error });
}
