import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of this package, as its package.json has it. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));
  return String((manifest as { version: string }).version);
}
