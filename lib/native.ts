import { join } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import load = require('node-gyp-build');
import { PortSystemError } from './errors';
import type { PortBits } from './port-spec';

export type Transport = 'tcp' | 'udp';

/** Which sockets of the socket table count: all that hold a port, or the TCP ones that wait for connections. */
export type TableStates = 'all' | 'listen';

/**
 * The whole contract with the addon, which this file alone loads. The addon knows ports, addresses and sockets; it
 * trusts its arguments, which its callers have checked. Ports cross the boundary as bitmaps, hosts as IP addresses
 * in text. What the kernel refuses for a reason that says nothing about a port is thrown as an {@link AddonError}.
 */
export interface Addon {
  /** The kernel's ephemeral ranges as `[low, high, low, high...]`, ends included. */
  ephemeralRanges(): number[];
  /** The ports that the administrator keeps out of the ephemeral ranges (Linux `ip_local_reserved_ports`). */
  reservedPorts(): PortBits;

  /** The local ports of the kernel's socket table; undefined where the system has none that can be read. */
  socketTable(transport: Transport, states: TableStates): PortBits | undefined;

  /** Takes the exclusive lock of an open file; false while somebody else has it. Closing the file lets it go. */
  tryLock(fd: number): boolean;
}

/** What the addon throws: the kernel's error number (as libuv counts them, negative) and the call that met it. */
interface AddonError extends Error {
  readonly errno: number;
  readonly syscall: string;
}

export const addon = load(join(__dirname, '..')) as Addon;

/** Calls the addon, with the kernel's errors told as a {@link PortSystemError}. */
export function callAddon<T>(call: (addon: Addon) => T): T {
  try {
    return call(addon);
  } catch (error) {
    throw isAddonError(error) ? toSystemError(error) : error;
  }
}

function isAddonError(error: unknown): error is AddonError {
  return error instanceof Error && 'errno' in error && 'syscall' in error;
}

function toSystemError(error: AddonError): PortSystemError {
  const [systemCode, meaning] = getSystemErrorMap().get(error.errno) ?? [
    `errno ${error.errno}`,
    'unknown error',
  ];
  const wayOut = WAYS_OUT[systemCode];
  return new PortSystemError(
    systemCode,
    error.syscall,
    `${systemCode}: ${meaning}, ${error.syscall}${wayOut === undefined ? '' : `: ${wayOut}`}`,
  );
}

const WAYS_OUT: Record<string, string> = {
  EMFILE: 'raise the limit of open files (ulimit -n) or hold fewer ports',
  ENFILE: 'the whole system is out of open files (sysctl fs.file-max)',
};
