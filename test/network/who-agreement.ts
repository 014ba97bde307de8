import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { PortSet } from '../../lib/ports/port-set';
import { whoHas, whoHasSync } from '../../lib/who/who-has';
import { withoutPreloads } from '../support/command';
import { holdSockets } from '../support/held-sockets';
import { insideNamespace } from '../support/inside-namespace';

const SKIP = spawnSync('ss', ['-V']).status === 0 ? false : 'needs ss (iproute2)';

/** A line for each listening socket that a process has: `tcp 127.0.0.1:80 12`. */
function bySs(): string[] {
  const lines = execFileSync('ss', ['-H', '-ltnup'], { encoding: 'utf8' }).trim().split('\n');
  return lines
    .flatMap((line) => {
      const [transport, , , , local = ''] = line.split(/\s+/);
      const address = local.replace(/%.*:/, ':').replace(/^\*:/, '[::]:');
      return [...line.matchAll(/pid=(\d+)/g)].map(([, pid]) => `${transport} ${address} ${pid}`);
    })
    .sort();
}

function byUs(): string[] {
  const listeners = whoHasSync(new PortSet('1-65535')).flatMap(({ port, transport, sockets }) =>
    sockets
      .filter(({ listens }) => listens)
      .flatMap(({ address, processes }) =>
        processes.map(({ pid }) => {
          const host = address.includes(':') ? `[${address}]` : address;
          return `${transport} ${host}:${port} ${pid}`;
        }),
      ),
  );
  return listeners.sort();
}

/** Runs a program of Node's as `program` calls it, until it says its port. */
async function start(
  t: Test,
  program: string,
  words: string[],
): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(...withoutPreloads(program, words), { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(async () => {
    if (child.exitCode === null && child.kill()) await once(child, 'exit');
  });
  const [said] = await once(child.stdout, 'data');
  return { child, said: String(said).trim() };
}

/** A program in a folder of its own, whose path is short enough for a socket. */
function writeProgram(t: Test, name: string, code: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'who-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), code);
  return join(folder, name);
}

/** Moves a process into a control group that is made for it. Returns why that cannot be done. */
function enterControlGroup(t: Test, path: string, child: ChildProcess): string | undefined {
  const root = CONTROL_GROUPS.find((folder) => existsSync(join(folder, 'cgroup.procs')));
  if (root === undefined) return 'no control groups (version 2) are mounted';
  const group = join(root, path);
  try {
    mkdirSync(group, { recursive: true });
    writeFileSync(join(group, 'cgroup.procs'), `${child.pid}`);
  } catch (error) {
    return `control groups cannot be made here: ${(error as Error).message}`;
  }
  t.teardown(async () => {
    child.kill();
    // The kernel forgets who was in a group a moment after their end.
    for (let tries = 0; tries < 100; tries++) {
      try {
        rmdirSync(group);
        rmdirSync(dirname(group));
        return;
      } catch {
        await sleep(20);
      }
    }
  });
  return undefined;
}

const CONTROL_GROUPS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'];

const SERVER = `require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;

const CLUSTER = `
  const cluster = require('cluster');
  if (cluster.isPrimary) {
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    const workers = [cluster.fork(), cluster.fork()];
    let count = 0;
    cluster.on('listening', (_, { port }) => { if (++count === 2) console.log(port + ' ' + workers.map((w) => w.process.pid)); });
    process.on('SIGTERM', () => process.exit());
  } else require('net').createServer().listen(4242, '127.0.0.1');`;

insideNamespace(__filename, () => {
  t.test('sockets of every kind have the processes that ss shows', { skip: SKIP }, async (t) => {
    const kinds = ['listen', 'udp-bind', 'bind', 'connect', 'time-wait', 'udp-connect'] as const;
    await holdSockets(
      t,
      kinds.flatMap((kind) =>
        ['127.0.0.1', '0.0.0.0', '::1', '::'].map((address) => [kind, address] as const),
      ),
    );
    const expected = bySs();
    t.ok(expected.length >= 8, `${expected.length} listeners`);
    t.strictSame(byUs(), expected);
  });

  t.test('workers of a cluster have the socket that they were handed', { skip: SKIP }, async (t) => {
    const { child, said } = await start(t, process.execPath, [writeProgram(t, 'cluster.js', CLUSTER)]);
    const [port = '', workers = ''] = said.split(' ');
    const [listener] = whoHasSync(Number(port))[0]?.sockets ?? [];
    t.strictSame(
      new Set(listener?.processes.map(({ pid }) => pid)),
      new Set([child.pid, ...workers.split(',').map(Number)]),
    );
    t.strictSame(byUs(), bySs());
  });

  t.test('a daemon that forked twice is told, with whom it came to', { skip: SKIP }, async (t) => {
    const daemon = `(setsid ${process.execPath} -e "${SERVER}" & )`;
    const { said } = await start(t, 'sh', ['-c', daemon]);
    const [listener] = whoHasSync(Number(said))[0]?.sockets ?? [];
    const [server] = listener?.processes ?? [];
    t.teardown(() => server && process.kill(server.pid));
    t.not(server?.parents[0]?.pid, process.pid);
    t.strictSame(byUs(), bySs());
  });

  t.test("the kernel's own control groups tell the container and the unit", async (t) => {
    const id = '3f2a4b5c6d7e8f90'.repeat(4);
    for (const [path, facts] of [
      [`who-test.slice/docker-${id}.scope`, { container: { engine: 'docker', id } }],
      ['who-test.slice/who-test.service', { unit: 'who-test.service' }],
    ] as const) {
      const { child, said } = await start(t, process.execPath, ['-e', SERVER]);
      const problem = enterControlGroup(t, path, child);
      if (problem !== undefined) {
        t.comment(`skipped: ${problem}`);
        return;
      }
      const [server] = whoHasSync(Number(said))[0]?.sockets[0]?.processes ?? [];
      t.equal(server?.pid, child.pid);
      t.match(server, facts);
    }
  });

  t.test("an engine's proxy tells which container it publishes", { skip: SKIP }, async (t) => {
    const program = writeProgram(t, 'proxy.js', SERVER);
    const folder = dirname(program);
    symlinkSync(process.execPath, join(folder, 'docker-proxy'));
    const words = ['-container-ip', '172.17.0.2', '-container-port', '80'];
    const proxy = await start(t, join(folder, 'docker-proxy'), [program, ...words]);
    const engine = `require('http').createServer((request, response) => response.end(JSON.stringify([
      { Id: 'c'.repeat(64), Names: ['/web'], Ports: [{ PublicPort: ${proxy.said}, Type: 'tcp' }] },
    ]))).listen('${folder}/engine.sock', () => console.log('ready'));`;
    await start(t, process.execPath, ['-e', engine]);
    t.match(whoHasSync(Number(proxy.said))[0]?.sockets[0]?.processes[0]?.proxy, { target: '172.17.0.2:80' });
    const { DOCKER_HOST = '' } = process.env;
    process.env.DOCKER_HOST = `unix://${folder}/engine.sock`;
    const [use] = await whoHas(Number(proxy.said));
    process.env.DOCKER_HOST = DOCKER_HOST;
    t.strictSame(use?.sockets[0]?.processes[0]?.proxy, {
      engine: 'docker',
      target: '172.17.0.2:80',
      id: 'c'.repeat(64),
      name: 'web',
    });
  });
});
