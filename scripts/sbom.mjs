// Prints what the published package consists of (CycloneDX), from the lock file alone: `npm run --silent sbom`.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const words = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=library', '--omit=dev'];
const text = execFileSync('npm', words, {
  cwd: root,
  encoding: 'utf8',
  shell: process.platform === 'win32',
});
const sbom = JSON.parse(text);
// npm takes the name of the folder.
sbom.metadata.component.name = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).name;
console.log(JSON.stringify(sbom, null, 2));
