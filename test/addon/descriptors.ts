import '../support/alone';

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { addon } from '../../lib/addon/addon';
import { leaseSync } from '../../lib/lease/lease';
import { ephemeralPortRanges } from '../../lib/machine/ephemeral-range';
import { portOwners, socketOwners } from '../../lib/machine/port-owners';
import { usedPorts } from '../../lib/machine/used-ports';
import { usedSockets } from '../../lib/machine/used-sockets';
import { selectRandomSync } from '../../lib/pick/pick';
import { attempt } from '../../lib/process/proc-files';
import { scanSync } from '../../lib/scan/scan';
import { whoHasSync } from '../../lib/who/who-has';
import { withoutPreloads } from '../support/command';
import { distPath, ROOT } from '../support/dist';
import { listen, portOf, reservePort } from '../support/listen';
import { until } from '../support/program';

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
  const command = withoutPreloads(process.execPath, [
    '-e',
    start + program,
    distPath('index.js'),
    ROOT,
  ]).flat();
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

t.test('a process that cannot be watched has not ended', { skip: NO_LIMIT }, (t) => {
  const program = `
    const addon = require('node-gyp-build')(process.argv[2]);
    leave(0);
    // Null would tell that it has ended.
    tell(String(addon.watchProcess(process.pid, () => {})));`;
  t.equal(runLimited(100, program), 'undefined');
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

/** The open descriptors of this process. */
const count = () => readdirSync('/proc/self/fd').length;

t.test('nothing that is asked of the addon leaves a descriptor', { skip: NO_LIMIT }, async (t) => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  t.teardown(() => child.kill());
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const port = portOf(await listen(t, '127.0.0.1'));
  const closed = reservePort(t);
  const places: (() => unknown)[] = [
    () => addon.closeProcess(addon.openProcess(pid) ?? 0),
    () => addon.watchProcess(pid, () => {})?.(),
    () => addon.watchProcess(2 ** 30, () => {})?.(),
    () => addon.watchProcess(spawn('true', { stdio: 'ignore' }).pid ?? 0, () => {}),
    () => socketOwners(usedSockets().filter((socket) => socket.port === port) as never),
    () => portOwners(port, 'tcp'),
    () => whoHasSync(port),
    () => usedPorts({ transport: 'udp' }),
    () => addon.isListening('127.0.0.1', port),
    () => addon.isListening('::1', closed),
    () => addon.isLocalAddress('192.0.2.1'),
    () => addon.hasRoute('192.0.2.1'),
    () => addon.closeDescriptor(addon.openFolder('/usr/bin')),
    () => attempt(() => addon.openFolder('/usr/bin/none/none')),
    () => addon.watchListeners({ steps: [[Infinity, 1]], restPerSweep: 1 }, () => {})?.stop(),
    () => selectRandomSync(),
    () => leaseSync({ transport: 'both' }).release(),
    () => attempt(() => leaseSync({ ports: port, host: '127.0.0.1' })),
    () => scanSync([port, closed], { host: '127.0.0.1' }),
    () => ephemeralPortRanges(),
  ];
  for (const place of places) {
    // The first time may open what is kept, such as a thread's poll.
    place();
    await sleep(20);
    const before = count();
    for (let round = 0; round < 5; round++) place();
    t.ok(await until(() => count() <= before), `${place}`);
  }
});

t.test('waits that have ended keep no descriptor', { skip: NO_LIMIT }, (t) => {
  const waits = (options: string) => `
    const server = require('node:net').createServer((socket) => socket.end()).listen(0, '127.0.0.1', async () => {
      const { port } = server.address();
      for (let round = 0; round < 150; round++) await portFor.${options};
      tell('done');
      process.exit();
    });`;
  t.equal(runLimited(100, waits("occupied('127.0.0.1', port, { process: process.ppid })")), 'done');
  // A wait that lasts has the socket table watched.
  t.equal(runLimited(100, waits("free('127.0.0.1', port, { timeout: 30 }).catch(() => {})")), 'done');
  t.end();
});

t.test('a socket beyond a thousand descriptors is found', { skip: NO_LIMIT }, (t) => {
  const program = `
    for (let left = 1500; left > 0; left--) openSync('/dev/null');
    const held = portFor.leaseSync({ transport: 'udp' });
    tell(portFor.whoHasSync(held.port)[0].sockets[0].processes.map(({ pid }) => pid === process.pid));
    held.release();`;
  t.strictSame(runLimited(4096, program), [true]);
  t.end();
});
