import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import t from 'tap';
import { withoutPreloads } from '../support/command';
import { distPath } from '../support/dist';

const NO_LIMIT: string | false =
  process.platform === 'linux' ? false : 'only Linux limits descriptors and counts them in /proc';

const NO_COUNT: string | false =
  NO_LIMIT || statSync('/proc/self/fd').size > 0 ? NO_LIMIT : 'Linux counts open descriptors from 6.2 on';

/** Runs `program` with `limit` descriptors at most; returns what it tells. */
function runLimited(limit: number, program: string): unknown {
  const start = `
    const { closeSync, openSync, readdirSync, readFileSync } = require('node:fs');
    const portFor = require(process.argv[1]);
    /** Opens all descriptors but for some low ones. */
    function leave(count) {
      const all = [];
      try { for (;;) all.push(openSync('/dev/null')); } catch {}
      for (const fd of all.splice(0, count)) closeSync(fd);
    }
    const tell = (value) => process.stdout.write(JSON.stringify(value) + '\\n');`;
  const words = ['-c', `ulimit -n ${limit}; exec "$@"`, 'sh'];
  const command = withoutPreloads(process.execPath, ['-e', start + program, distPath('index.js')]).flat();
  const { stdout, stderr } = spawnSync('sh', [...words, ...command], { encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}

t.test('low descriptors that are free among high ones are not taken for more', { skip: NO_COUNT }, (t) => {
  const scan = (method: string, count: number) => `
    portFor.scanSync('10000', { method: '${method}', host: '127.0.0.1' });
    leave(${count});
    const { free, used } = portFor.scanSync('10000-14999', { method: '${method}', host: '127.0.0.1' });
    tell(free.size + used.size);`;
  // One thread needs one; with two, the second had none.
  t.equal(runLimited(200, scan('bind', 1)), 5000);
  t.equal(runLimited(200, scan('connect', 3)), 5000);
  t.end();
});

t.test('many leases make room for their descriptors at once', { skip: NO_LIMIT }, (t) => {
  const program = `
    const size = () => Number(/FDSize:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))[1]);
    const count = () => readdirSync('/proc/self/fd').length;
    portFor.leaseSync().release();
    const before = count();
    // One port is too few: the pick ends at once, without any.
    try { portFor.leaseManySync(1500, { ports: 10000 }); } catch {}
    tell([size() > 1500, count() - before]);`;
  t.strictSame(runLimited(4096, program), [true, 0]);
  t.end();
});

t.test('room is made within the limit alone', { skip: NO_LIMIT }, (t) => {
  const program = `
    const leases = portFor.leaseManySync(150, { ports: '10000-11499' });
    let error;
    try { portFor.leaseManySync(500, { ports: '10000-11499' }); } catch (thrown) { error = thrown; }
    tell([leases.length, error.systemCode, error.syscall]);`;
  t.strictSame(runLimited(256, program), [150, 'EMFILE', 'socket']);
  t.end();
});
