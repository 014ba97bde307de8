/**
 * What the addons in prebuilds/ were made of. `stamp.json` beside them names, for each, a digest of the sources and of
 * the addon itself, so that none is published that is missing, altered, or older than its sources.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SYSTEMS } from './systems.mjs';

const FILE = 'stamp.json';

/** What says how an addon is built, besides `native/`. */
const HOW = [
  'binding.gyp',
  'scripts/prebuilds.mjs',
  ...['node-imports.mjs', 'package-lock.json', 'systems.mjs'].map((name) => `scripts/prebuilds/${name}`),
];

/** A digest of all that an addon is built from: `binding.gyp`, `native/`, node-addon-api and how we compile. */
export function sourcesStamp(root) {
  const { version } = createRequire(join(root, 'package.json'))('node-addon-api');
  const hash = createHash('sha256').update(version);
  for (const path of [...HOW, ...filesBelow(root, 'native')]) {
    hash.update(`\0${path}\0`).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex').slice(0, 16);
}

function filesBelow(root, folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}

/** What is recorded of each addon, by the name of its system. */
export function readRecords(prebuilds) {
  const file = join(prebuilds, FILE);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** Records an addon that was just built. */
export function record(prebuilds, system, { stamp, seconds }) {
  const addon = readFileSync(join(prebuilds, system.file));
  const entry = { stamp, bytes: addon.length, seconds: Math.round(seconds), sha256: digest(addon) };
  const records = { ...readRecords(prebuilds), [system.name]: entry };
  writeFileSync(join(prebuilds, FILE), `${JSON.stringify(records, null, 2)}\n`);
  return entry;
}

/** Why the addons there may not be published, a line each; none where all is well. */
export function complaints(root) {
  const prebuilds = join(root, 'prebuilds');
  const records = readRecords(prebuilds);
  const stamp = sourcesStamp(root);
  return SYSTEMS.flatMap(({ name, file }) => {
    const path = join(prebuilds, file);
    const entry = records[name];
    if (!existsSync(path) || entry === undefined) return [`${name}: prebuilds/${file} is missing`];
    if (entry.stamp !== stamp) return [`${name}: prebuilds/${file} was built from other sources`];
    if (entry.sha256 !== digest(readFileSync(path)))
      return [`${name}: prebuilds/${file} is not what was built`];
    return [];
  });
}

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');
