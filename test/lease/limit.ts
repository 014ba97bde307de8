import '../support/alone';

import { spawnSync } from 'node:child_process';
import t from 'tap';
import { withoutPreloads } from '../support/command';
import { distPath } from '../support/dist';

const PROGRAM = `
const { readdirSync } = require('node:fs');
const { leaseMany, leaseManySync } = require(process.argv[1]);
const count = () => readdirSync('/proc/self/fd').length;
const isLeased = (port) => { try { leaseManySync(1, { ports: port })[0].release(); return false; } catch { return true; } };
const report = (error) => ({ code: error.code, systemCode: error.systemCode, syscall: error.syscall, message: error.message });
(async () => {
  const options = { ports: process.argv[2], transport: process.argv[3] };
  leaseManySync(1)[0].release();
  const first = leaseManySync(10, options);
  const before = count();
  const results = [];
  try { leaseManySync(500, options); } catch (error) { results.push(report(error)); }
  const between = count();
  await leaseMany(500, options).catch((error) => results.push(report(error)));
  // The thread closes its sockets a moment after it has told of its failure.
  for (let waited = 0; waited < 2000 && count() > before; waited += 20) await new Promise((resolve) => setTimeout(resolve, 20));
  const after = count();
  for (const held of first) held.release();
  const held = leaseManySync(20, options).length;
  console.log(JSON.stringify({ results, kept: [between - before, after - before], held }));
})();`;

const NO_LIMIT: string | false =
  process.platform === 'linux' ? false : 'only Linux limits descriptors and counts them in /proc';

for (const transport of ['tcp', 'both']) {
  t.test(
    `no descriptor left in the middle of leaseMany (${transport}): an error, and nothing held`,
    { skip: NO_LIMIT },
    (t) => {
      const program = withoutPreloads(process.execPath, ['-e', PROGRAM]).flat();
      const words = ['-c', 'ulimit -n 120; exec "$@"', 'sh', ...program];
      const { stdout, stderr } = spawnSync('sh', [...words, distPath('index.js'), '20000-29999', transport], {
        encoding: 'utf8',
      });
      t.equal(stderr, '');
      const error = {
        code: 'ERR_PORT_SYSTEM',
        systemCode: 'EMFILE',
        syscall: 'socket',
        message: /EMFILE.*ulimit -n/,
      };
      t.match(JSON.parse(stdout), { results: [error, error], kept: [0, 0], held: 20 });
      t.end();
    },
  );
}
