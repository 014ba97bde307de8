// Lays out in vendor/ what the published package needs to build its addon and has nowhere else: the headers of
// node-addon-api, which is no dependency, and binding.gyp. At the root of a package, binding.gyp makes package managers
// ask for permission to build, or build right away.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const vendor = join(root, 'vendor');
const nodeAddonApi = dirname(createRequire(import.meta.url).resolve('node-addon-api'));

mkdirSync(join(vendor, 'node-addon-api'), { recursive: true });
keep(join(root, 'binding.gyp'), 'binding.gyp');
for (const name of ['napi.h', 'napi-inl.h', 'LICENSE.md']) {
  keep(join(nodeAddonApi, name), `node-addon-api/${name}`);
}

/** Copies a file where its copy is not yet the same: somebody else may be packing that. */
function keep(source, name) {
  const [copy, bytes] = [join(vendor, name), readFileSync(source)];
  if (!existsSync(copy) || !readFileSync(copy).equals(bytes)) writeFileSync(copy, bytes);
}
