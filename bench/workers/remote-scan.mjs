// Prints the milliseconds that a scan of a host took and what it found: `remote-scan.mjs HOST PORTS TIMEOUT`.
import { loadPackage } from '../harness/paths.mjs';
import { milliseconds } from '../harness/rounds.mjs';

const [host, ports, timeout] = process.argv.slice(2);
const { scan } = loadPackage();
let found;
const taken = await milliseconds(async () => {
  found = await scan(ports, { host, timeout: Number(timeout) });
});
console.log(
  JSON.stringify({ taken, used: found.used.size, filtered: found.filtered.size, free: found.free.size }),
);
