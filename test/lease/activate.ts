import '../support/alone';

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { withoutPreloads } from '../support/command';
import { distPath } from '../support/dist';
import { close } from '../support/listen';
import { NO_PYTHON } from '../support/python';
import { ask, canBePlainlyBound, greeter, hearOut } from '../support/sockets';

const skip = process.platform === 'win32' ? 'Windows hands no sockets to children' : false;

/** Serves greetings on the descriptor that it inherited as the third, as programs that systemd starts do. */
const READERS: Record<string, readonly string[]> = {
  node: [
    process.execPath,
    '-e',
    `const { listenFds } = require(process.argv[1]);
     const [fd] = listenFds().get('web') ?? [];
     if (process.env.LISTEN_FDS !== undefined || listenFds().get('web')[0] !== fd) process.exit(3);
     require('node:net').createServer((socket) => socket.on('error', () => {}).end('hello')).listen({ fd });`,
    distPath('index.js'),
  ],
  python: [
    'python3',
    '-c',
    `import os, socket
assert os.environ['LISTEN_PID'] == str(os.getpid()) and os.environ['LISTEN_FDNAMES'] == 'web'
server = socket.socket(fileno=3)
assert server.getblocking() and os.get_blocking(3)
while True:
    client = server.accept()[0]
    client.sendall(b'hello')
    client.close()`,
  ],
};

function startReader(words: readonly string[], fds: readonly number[]) {
  const told = ['sh', '-c', 'LISTEN_FDS=1 LISTEN_FDNAMES=web LISTEN_PID=$$ exec "$@"', 'sh', ...words];
  const [program = '', ...rest] = told;
  return spawn(...withoutPreloads(program, rest), { stdio: ['ignore', 'inherit', 'inherit', ...fds] });
}

for (const [reader, words] of Object.entries(READERS)) {
  t.test(
    `a ${reader} server is restarted again and again, and no client is refused`,
    { skip: skip || (reader === 'python' && NO_PYTHON) },
    async (t) => {
      using held = leaseSync();
      const fds = held.activate();
      t.equal(fds.length, 1);
      let isOver = false;
      let served = 0;
      const clients = (async () => {
        while (!isOver) {
          // One that a server accepted and that was killed then gets nothing, but none is refused.
          const heard = await hearOut(held.port, '127.0.0.1').catch((error: NodeJS.ErrnoException) => {
            if (error.code === 'ECONNRESET') return '';
            throw error;
          });
          if (heard === 'hello') served++;
        }
      })();
      for (let round = 1; round <= 5; round++) {
        const child = startReader(words, fds);
        const before = served;
        while (served === before && child.exitCode === null)
          await new Promise((resolve) => setTimeout(resolve, 5));
        t.equal(child.exitCode, null, `round ${round}`);
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      isOver = true;
      const last = startReader(words, fds);
      await clients;
      last.kill('SIGKILL');
      await once(last, 'exit');
      t.equal(canBePlainlyBound(held.port), false);
    },
  );
}

t.test('a port that was activated is free again when the lease is released', { skip }, async (t) => {
  const held = leaseSync({ transport: 'both' });
  t.equal(held.activate().length, 2);
  held.release();
  t.equal(canBePlainlyBound(held.port, 'both'), true);
  t.throws(() => held.activate(), { code: 'ERR_PORT_RELEASED' });
});

t.test('a server takes what was activated over', { skip }, async (t) => {
  using held = leaseSync({ host: '127.0.0.1', exclusive: true });
  held.activate();
  await t.rejects(held.listen(greeter()), { code: 'EADDRINUSE' });
  const server = greeter();
  server.listen({ fd: held.detach('tcp', { blocking: true }) });
  await once(server, 'listening');
  t.equal(await ask(held.port, '127.0.0.1'), 'hello');
  await close(server);
});

t.test('listen() takes a request listener, and says how other frameworks go', async (t) => {
  using held = leaseSync({ host: '127.0.0.1' });
  const server = await held.listen((_request, response) => response.end('from an app'));
  // Not by fetch(), which does not work under Wine.
  const [response] = await once(get(`http://127.0.0.1:${held.port}`, { agent: false }), 'response');
  t.equal(await text(response), 'from an app');
  server.closeAllConnections();
  await close(server);
  const koa = { listen: () => createServer(), once() {}, removeListener() {}, callback() {} };
  await t.rejects(held.listen(koa as never), {
    name: 'TypeError',
    message: /http\.createServer\(app\.callback\(\)\)/,
  });
  t.throws(() => held.detach('tcp', { blocking: 'yes' as never }), {
    name: 'TypeError',
    message: /^blocking must be/,
  });
});

t.test('clients wait for a server to come, many of them', { skip }, async () => {
  using held = leaseSync({ host: '127.0.0.1' });
  held.activate();
  const clients = Array.from({ length: 100 }, () => connect(held.port, '127.0.0.1'));
  await Promise.all(clients.map((client) => once(client, 'connect')));
  for (const client of clients) client.destroy();
});
