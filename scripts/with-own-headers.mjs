// Runs a command that builds the addon, `with-own-headers.mjs COMMAND...`, with the headers that this very Node.js
// brought along, where it did: then nothing has to be downloaded. A `nodedir` of npm's configuration goes first.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const folder = join(dirname(process.execPath), '..');

function hasOwnHeaders() {
  try {
    const header = readFileSync(join(folder, 'include/node/node_version.h'), 'utf8');
    const numbers = ['MAJOR', 'MINOR', 'PATCH'].map(
      (part) => new RegExp(`#define NODE_${part}_VERSION (\\d+)`).exec(header)?.[1],
    );
    return numbers.join('.') === process.versions.node;
  } catch {
    return false;
  }
}

const env = { ...process.env };
if (env.npm_config_nodedir === undefined && hasOwnHeaders()) env.npm_config_nodedir = folder;
const { status, error } = spawnSync(process.argv.slice(2).join(' '), { env, shell: true, stdio: 'inherit' });
if (error) throw error;
process.exitCode = status ?? 1;
