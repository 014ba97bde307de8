import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../package-folder';
import { isPort, MAX_PORT, type PortRange } from '../ports/port';
import { PortSet } from '../ports/port-set';

/** What Windows says of ports, of both transports and families together. */
export interface WindowsPorts {
  /** From which it takes ports for `bind(0)` and for outgoing connections. */
  readonly dynamicRanges: PortRange[];
  /** What it leaves out of those; programs that name such a port can bind it. */
  readonly administeredRanges: PortRange[];
  /** What nobody can bind: Hyper-V and WinNAT take such ranges, after each start others. */
  readonly excludedRanges: PortRange[];
}

/**
 * Asks `netsh`, the only documented way, once for all: some 100 ms. Undefined where it is missing (Nano Server) or says
 * nothing that is understood.
 */
export function readNetsh(): WindowsPorts | undefined {
  const { SystemRoot = 'C:\\Windows' } = process.env;
  const { stdout } = spawnSync(
    join(SystemRoot, 'System32', 'netsh.exe'),
    ['-f', join(PACKAGE_FOLDER, 'data', 'netsh-ports.txt')],
    { encoding: 'latin1', windowsHide: true, timeout: LONGEST_RUN, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const ports = parseNetsh(stdout ?? '');
  return ports.dynamicRanges.length === 0 ? undefined : ports;
}

/** In milliseconds. */
const LONGEST_RUN = 5000;

/**
 * Reads what netsh prints for `show dynamicport` and `show excludedportrange`, one after the other, in any language:
 * only the numbers count, and where they stand. The former is `...: 49152`, then `...: 16384`, how many; the latter has
 * lines of a first and a last port, those of the administrator with a star.
 */
export function parseNetsh(output: string): WindowsPorts {
  const dynamic: PortRange[] = [];
  const administered: PortRange[] = [];
  const excluded: PortRange[] = [];
  let start: number | undefined;
  for (const line of output.split(/\r?\n/)) {
    const [, value] = /:\s*(\d+)\s*$/.exec(line) ?? [];
    if (value !== undefined) {
      const number = Number(value);
      if (start === undefined) start = number;
      else {
        if (isPort(start) && number > 0)
          dynamic.push({ low: start, high: Math.min(start + number - 1, MAX_PORT) });
        start = undefined;
      }
      continue;
    }
    const [, low, high, star] = /^\s*(\d+)\s+(\d+)\s*(\*)?\s*$/.exec(line) ?? [];
    const range = { low: Number(low), high: Number(high) };
    if (!isPort(range.low) || !isPort(range.high) || range.low > range.high) continue;
    (star === undefined ? excluded : administered).push(range);
  }
  return {
    dynamicRanges: new PortSet(dynamic).ranges(),
    administeredRanges: new PortSet(administered).ranges(),
    excludedRanges: new PortSet(excluded).ranges(),
  };
}
