// Scans of an empty network namespace whose ephemeral range is all that is scanned: the source port of a connection is
// the port that another thread asks for, again and again, and none may be called used. Needs root and unshare.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { note, portFor, runAlone } from './part.mjs';

const INSIDE = 'TORTURE_INSIDE_NAMESPACE';

/** How often the number of scans that are done is told, ms. */
const TELL_EVERY = 10_000;

/** @param {{ scans: number, seconds: number, low: number, high: number }} settings `seconds`: begin no scan after that */
export async function runPhantoms({ scans, seconds, low, high }) {
  /** @type {string[]} */
  const faults = [];
  spawnSync('ip', ['link', 'set', 'lo', 'up']);
  writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', `${low} ${high}`);
  const begin = performance.now();
  let told = begin;
  let count = 0;
  while (count < scans && performance.now() - begin < seconds * 1000) {
    count++;
    const { free, used } = portFor.scanSync(`${low}-${high}`);
    if (free.size !== high - low + 1) note(faults, `scan ${count}: used ${used}`);
    if (performance.now() - told < TELL_EVERY) continue;
    told = performance.now();
    console.error(`${count} of ${scans} scans, ${faults.length} faults`);
  }
  return { faults, scans: count };
}

if (process.env[INSIDE] === undefined) {
  const words = ['--net', process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const { status } = spawnSync('unshare', words, {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1' },
  });
  process.exit(status ?? 1);
}
await runAlone(import.meta.url, { scans: 10_000, seconds: 36_000, low: 1024, high: 65_535 }, runPhantoms);
