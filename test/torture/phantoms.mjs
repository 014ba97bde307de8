// Scans of an empty network namespace whose ephemeral range is all that is scanned: the source port of a connection is
// the port that another thread asks for, again and again, and none may be called used. Needs root and unshare.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { note, portFor, runAlone } from './part.mjs';

const INSIDE = 'TORTURE_INSIDE_NAMESPACE';

/** @param {{ scans: number, low: number, high: number }} settings */
export async function runPhantoms({ scans, low, high }) {
  /** @type {string[]} */
  const faults = [];
  spawnSync('ip', ['link', 'set', 'lo', 'up']);
  writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', `${low} ${high}`);
  for (let count = 1; count <= scans; count++) {
    const { free, used } = portFor.scanSync(`${low}-${high}`);
    if (free.size !== high - low + 1) note(faults, `scan ${count}: used ${used}`);
  }
  return { faults, scans };
}

if (process.env[INSIDE] === undefined) {
  const words = ['--net', process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const { status } = spawnSync('unshare', words, {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1' },
  });
  process.exit(status ?? 1);
}
await runAlone(import.meta.url, { scans: 10_000, low: 1024, high: 65_535 }, runPhantoms);
