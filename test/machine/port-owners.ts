import '../support/alone';

import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import t, { type Test } from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { findPortOwners, portOwners, socketOwners } from '../../lib/machine/port-owners';
import { usedSockets } from '../../lib/machine/used-sockets';
import { attempt } from '../../lib/process/proc-files';
import { NO_IPV6 } from '../support/listen';
import { NO_BOUND } from '../support/no-table';

const NO_PROC: string | false = process.platform === 'linux' ? false : 'only Linux is asked who has a port';

t.test('the owner of a listening port is the process that listens', { skip: NO_PROC }, async (t) => {
  const server = createServer((socket) => socket.on('error', () => {})).listen(0);
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const [owner, ...others] = portOwners(port, 'tcp');
  t.strictSame(others, []);
  t.equal(owner?.pid, process.pid);
  t.ok(owner?.command.startsWith(process.argv0) || owner?.command.includes('node'));
  t.not(owner?.name, '');
  t.strictSame(portOwners(port, 'udp'), []);
});

t.test(
  'the owner of a datagram port is the process that has it',
  { skip: !['linux', 'win32', 'darwin'].includes(process.platform) && 'this system shows no processes' },
  async (t) => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    t.teardown(() => socket.close());
    await once(socket, 'listening');
    const [owner, ...others] = portOwners(socket.address().port, 'udp');
    t.strictSame(others, []);
    t.equal(owner?.pid, process.pid);
    t.match(owner?.name, /node/);
    t.match(owner?.command, /node/);
  },
);

t.test('the process that listens comes before others at its port', { skip: NO_PROC }, async (t) => {
  // The listener is the younger process: by their numbers it would come last.
  const program = `
    const server = require('node:net').createServer((socket) => socket.on('error', () => {}));
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const port = Number(await once(child.stdout, 'data'));
  const other = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port: target } = other.address() as { port: number };
  const client = connect({ host: '127.0.0.1', port: target, localAddress: '127.0.0.2', localPort: port });
  t.teardown(async () => {
    client.destroy();
    other.close();
    child.kill();
    await once(child, 'exit');
  });
  await once(client, 'connect');
  for (const owners of [portOwners(port, 'tcp'), await findPortOwners(port, 'tcp')]) {
    t.strictSame(
      owners.map(({ pid }) => pid),
      [child.pid, process.pid],
    );
  }
});

t.test('a child that inherits a socket owns it too', { skip: NO_PROC }, async (t) => {
  const held = leaseSync({ transport: 'udp' });
  const child = spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', held.fd] });
  t.teardown(async () => {
    held.release();
    child.kill();
    await once(child, 'exit');
  });
  await once(child, 'spawn');
  const owners = portOwners(held.port, 'udp');
  t.strictSame(new Set(owners.map(({ pid }) => pid)), new Set([process.pid, child.pid]));
  const owner = owners.find(({ pid }) => pid === child.pid);
  t.strictSame([owner?.name, owner?.command], ['sleep', 'sleep 60']);
});

t.test('a process that has a socket twice owns it once', { skip: NO_PROC }, async (t) => {
  const held = leaseSync({ transport: 'udp' });
  const child = spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', held.fd, held.fd] });
  t.teardown(async () => {
    held.release();
    child.kill();
    await once(child, 'exit');
  });
  await once(child, 'spawn');
  const socket = usedSockets({ transport: 'udp' }).find(({ port }) => port === held.port);
  t.strictSame(new Set(socket?.owners.map(({ pid }) => pid)), new Set([process.pid, child.pid]));
  t.equal(socket?.owners.length, 2);
});

t.test('a process is named as its program where Node.js names the thread', { skip: NO_PROC }, async (t) => {
  const held = leaseSync({ transport: 'udp' });
  for (const thread of ['MainThread', 'node-MainThread', 'other']) {
    const script = `printf ${thread} > /proc/$$/comm; echo; read line`;
    const child = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit', held.fd] });
    await once(child.stdout as Readable, 'data');
    const owner = portOwners(held.port, 'udp').find(({ pid }) => pid === child.pid);
    t.equal(owner?.name, thread === 'other' ? thread : 'sh');
    child.kill();
    await once(child, 'exit');
  }
  held.release();
});

/** More than 300 processes are compared with the first owner that is found, not read one by one. */
async function startCrowd(t: Test): Promise<void> {
  const crowd = spawn('sh', ['-c', 'i=0; while [ $i -lt 310 ]; do sleep 60 & i=$((i+1)); done; echo; wait'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const { pid: group } = crowd;
  t.teardown(() => group !== undefined && process.kill(-group, 'SIGKILL'));
  await once(crowd.stdout, 'data');
}

t.test('among many processes all that share a socket are found', { skip: NO_PROC }, async (t) => {
  await startCrowd(t);
  const held = [leaseSync({ transport: 'udp' }), leaseSync({ transport: 'udp' })];
  const children = [3, 9, 40, 251].flatMap((descriptor) =>
    held.map(({ fd }) => {
      const ignored = Array.from({ length: descriptor - 3 }, () => 'ignore' as const);
      const closed = Array.from(ignored, (_, index) => `${index + 3}<&-`).filter((word) => word.length < 5);
      const script = `exec sleep 60 ${closed.join(' ')}`;
      return spawn('bash', ['-c', script], { stdio: ['ignore', 'ignore', 'ignore', ...ignored, fd] });
    }),
  );
  t.teardown(async () => {
    for (const lease of held) lease.release();
    for (const child of children) child.kill();
    await Promise.all(children.map((child) => once(child, 'exit')));
  });
  await Promise.all(children.map((child) => once(child, 'spawn')));
  for (const { port } of held) {
    const found = portOwners(port, 'udp').map(({ pid }) => pid);
    t.ok(found.length >= 5, `${found.length} processes have ${port}/udp`);
    t.strictSame(new Set(found), new Set(ownersByProc(port)));
  }
});

t.test(
  'among many processes each of two sockets of a port is found',
  { skip: NO_PROC || NO_IPV6 },
  async (t) => {
    await startCrowd(t);
    const held = leaseSync({ transport: 'udp', host: 'localhost' });
    const [first = -1, second = -1] = held.fds;
    // Those with the most descriptors are read first: one that has one of the sockets, before any has the other.
    const often = Array.from({ length: 200 }, () => first);
    const children = [often, [second], [first]].map((descriptors) =>
      spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', ...descriptors] }),
    );
    t.teardown(async () => {
      held.release();
      for (const child of children) child.kill();
      await Promise.all(children.map((child) => once(child, 'exit')));
    });
    await Promise.all(children.map((child) => once(child, 'spawn')));
    const found = portOwners(held.port, 'udp').map(({ pid }) => pid);
    t.strictSame(new Set(found), new Set([process.pid, ...children.map(({ pid }) => pid)]));
  },
);

/** The processes that have a UDP port open, by the text of every link of /proc. */
function ownersByProc(port: number): number[] {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const links = ['', '6'].flatMap((family) =>
    readFileSync(`/proc/net/udp${family}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local]) => local?.endsWith(hex))
      .map((words) => `socket:[${words[9]}]`),
  );
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => linksOf(`/proc/${pid}/fd`).some((link) => links.includes(link)))
    .map(Number);
}

/** Processes end, and descriptors are closed, while they are read. */
function linksOf(folder: string): string[] {
  const names = attempt(() => readdirSync(folder)) ?? [];
  return names.map((name) => attempt(() => readlinkSync(join(folder, name))) ?? '');
}

t.test('a port that nobody has has no owner', (t) => {
  const held = leaseSync();
  held.release();
  t.strictSame(portOwners(held.port, 'tcp'), []);
  t.equal(socketOwners([]).size, 0);
  t.equal(socketOwners([{ hasProcess: false, ownerKey: 0 }]).size, 0);
  t.end();
});

t.test('a name that would move the cursor is told without', { skip: NO_PROC || NO_BOUND }, async (t) => {
  const held = leaseSync();
  const child = spawn(
    process.execPath,
    ['-e', 'process.title = "a\\n\\u001b[2Jb\\u202ec"; console.log(); setInterval(() => {}, 1e6)'],
    {
      stdio: ['ignore', 'pipe', 'inherit', held.fd],
    },
  );
  t.teardown(async () => {
    held.release();
    child.kill();
    await once(child, 'exit');
  });
  if (child.stdout !== null) await once(child.stdout, 'data');
  const owner = portOwners(held.port, 'tcp').find(({ pid }) => pid === child.pid);
  t.match(owner, { name: 'a??[2Jb?c', command: /^a\?\?\[2Jb\?c/ });
});
