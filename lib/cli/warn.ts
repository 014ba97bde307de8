import { writeSync } from 'node:fs';
import { plain } from './plain';

const STDERR = 2;

/** Says something on standard error that the caller should know and that is no failure. */
export function warn(message: string): void {
  try {
    writeSync(STDERR, `port-for: ${plain(message)}\n`);
  } catch {
    // Nobody listens.
  }
}
