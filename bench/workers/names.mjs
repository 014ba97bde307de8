// Prints what a read of a config file takes, in milliseconds, the first time and later: `names.mjs PATH list|name`.
import { loadPackage } from '../harness/paths.mjs';
import { medianMilliseconds, milliseconds } from '../harness/rounds.mjs';

const [path, call] = process.argv.slice(2);
const { PortStore } = loadPackage();
const store = new PortStore(path);
const read = call === 'list' ? () => store.boundPortsSync() : () => store.bindPortSync('foo');
const first = await milliseconds(read);
const later = await medianMilliseconds(10, read);
console.log(JSON.stringify({ first, later }));
