// Loads one package in a fresh process, picks a port, and prints what that took: `load.mjs NAME FORM`, where FORM is
// `require` or `import`; with no words nothing is loaded.
import { createRequire } from 'node:module';

const [name, form] = process.argv.slice(2);
const require = createRequire(import.meta.url);

/** How each package is asked for one port. */
const PICKS = {
  'get-port': (loaded) => loaded.default(),
  'get-port-please': (loaded) => loaded.getPort(),
  portfinder: (loaded) => loaded.getPortPromise(),
  'detect-port': (loaded) => (loaded.default ?? loaded)(),
};

const start = performance.now();
const loaded = name === undefined ? undefined : form === 'require' ? require(name) : await import(name);
const isLoaded = performance.now();
if (loaded !== undefined) await (PICKS[name] ?? ((ours) => ours.selectRandomSync()))(loaded);
const hasPicked = performance.now();
const { rss } = process.memoryUsage();
console.log(JSON.stringify({ load: isLoaded - start, pick: hasPicked - isLoaded, resident: rss / 2 ** 20 }));
