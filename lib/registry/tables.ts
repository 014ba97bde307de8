import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../package-folder';

/** A table of `data/`. */
export function readTable(name: 'unassigned.json' | 'services.json' | 'evidence.json'): unknown {
  return JSON.parse(readFileSync(join(PACKAGE_FOLDER, 'data', name), 'utf8'));
}
