import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import t from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { portOwners, socketOwners } from '../../lib/machine/port-owners';

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
  t.match(
    owners.find(({ pid }) => pid === child.pid),
    { name: 'sleep', command: 'sleep 60' },
  );
});

t.test('a port that nobody has has no owner', (t) => {
  const held = leaseSync();
  held.release();
  t.strictSame(portOwners(held.port, 'tcp'), []);
  t.equal(socketOwners([]).size, 0);
  t.equal(socketOwners([{ hasProcess: false, ownerKey: 0 }]).size, 0);
  t.end();
});

t.test('a name that would move the cursor is told without', { skip: NO_PROC }, async (t) => {
  const held = leaseSync();
  const child = spawn(
    process.execPath,
    ['-e', 'process.title = "a\\n\\u001b[2Jb"; console.log(); setInterval(() => {}, 1e6)'],
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
  t.match(owner, { name: 'a??[2Jb', command: /^a\?\?\[2Jb/ });
});
