// A part of the torture: a module whose function runs it and returns what it counted, `faults` among it. Called alone,
// `node test/torture/store/beside-python.mjs --seconds 600`, it prints that as JSON, and fails where there are faults.

import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The compiled package, as its users have it. @type {typeof import('../../lib/index.js')} */
export const portFor = createRequire(import.meta.url)(join(ROOT, 'dist/index.js'));

/** @typedef {{ faults: string[], [counted: string]: unknown }} Report */

/**
 * Runs a part if its module is the program, with the numbers of the command line in the place of `defaults`.
 *
 * @template {Record<string, number>} Settings
 * @param {string} url the `import.meta.url` of the module
 * @param {Settings} defaults
 * @param {(settings: Settings) => Promise<Report>} run
 */
export async function runAlone(url, defaults, run) {
  if (process.argv[1] === undefined || pathToFileURL(process.argv[1]).href !== url) return;
  const names = [...Object.keys(defaults), 'scale'];
  const options = Object.fromEntries(names.map((name) => [name, { type: /** @type {const} */ ('string') }]));
  const { scale, ...given } = parseArgs({ options }).values;
  // The first number of a part is its length.
  const [[length = '', long = 0] = []] = Object.entries(defaults);
  const scaled = scale === undefined ? {} : { [length]: Math.ceil(long * Number(scale)) };
  const set = Object.entries(given).map(([name, value]) => [name, Number(value)]);
  const report = await run({ ...defaults, ...scaled, ...Object.fromEntries(set) });
  console.log(JSON.stringify(report));
  process.exit(report.faults.length === 0 ? 0 : 1);
}

/**
 * A folder on the disk, beside the sources: not on tmpfs, whose files change in one step. It goes with the process.
 *
 * @param {string} name
 */
export function newFolder(name) {
  const folder = mkdtempSync(join(ROOT, `.torture-${name}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Keeps the first few of many. @param {string[]} faults @param {string} fault */
export function note(faults, fault) {
  if (faults.length < 20) faults.push(fault);
}
