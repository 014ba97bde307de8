// Prints where the headers of node-addon-api are, for binding.gyp: in vendor/ of a published package, else installed.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const vendored = 'vendor/node-addon-api';
if (existsSync(vendored)) console.log(vendored);
else console.log(createRequire(import.meta.url)('node-addon-api').include_dir);
