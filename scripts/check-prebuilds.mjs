// Refuses to publish unless prebuilds/ holds an addon for every system, each built from the sources as they are.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { complaints } from './prebuilds/stamp.mjs';

const found = complaints(dirname(dirname(fileURLToPath(import.meta.url))));
if (found.length > 0) {
  console.error(`not to be published:\n${found.join('\n')}\nRun npm run prebuilds first.`);
  process.exitCode = 1;
}
