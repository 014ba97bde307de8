// Runs a command that builds the addon, `with-own-headers.mjs COMMAND...`, with the headers that this very Node.js
// brought along, if it did.
import { spawnSync } from 'node:child_process';
import { buildEnvironment } from './own-headers.mjs';

const command = process.argv.slice(2).join(' ');
const { status, error } = spawnSync(command, { env: buildEnvironment(), shell: true, stdio: 'inherit' });
if (error) throw error;
process.exitCode = status ?? 1;
