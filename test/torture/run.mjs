// `npm run torture`: every part in its long form, one after the other, at low priority. `npm run torture -- store/kills`
// runs some; `-- --scale 0.01` makes all shorter. A part alone: `node test/torture/store/kills.mjs --kills 500`.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = dirname(fileURLToPath(import.meta.url));

/** All parts: the modules in the folders beside this one. */
function allParts() {
  return readdirSync(HERE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.mjs') && file !== dirname(file) && dirname(file) !== '.')
    .map((file) => file.slice(0, -'.mjs'.length))
    .sort();
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { scale: { type: 'string' } } });
setPriority(10);
let hasFailed = false;
for (const part of positionals.length > 0 ? positionals : allParts()) {
  const words = values.scale === undefined ? [] : ['--scale', values.scale];
  const begin = Date.now();
  const { status, stdout } = spawnSync(process.execPath, [join(HERE, `${part}.mjs`), ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const seconds = Math.round((Date.now() - begin) / 1000);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${part}, ${seconds} s: ${stdout.trim()}`);
  hasFailed ||= status !== 0;
}
process.exit(hasFailed ? 1 : 0);
