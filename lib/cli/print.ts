import { writeSync } from 'node:fs';
import { PortSystemError } from '../errors/port-system-error';

const STDOUT = 1;

/**
 * Writes lines to standard output. Goes past `process.stdout`, which takes longer to load than the rest of a short
 * command takes to run. A reader that has gone (`| head`) is no failure.
 */
export function print(...lines: string[]): void {
  let rest = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(STDOUT, rest));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN') process.stdout.write(rest);
    else if (code !== 'EPIPE') {
      const message = `cannot write to standard output: ${(error as Error).message}`;
      throw new PortSystemError(code ?? '', 'write', message, { cause: error });
    }
  }
}
