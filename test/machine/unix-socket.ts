import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import t from 'tap';
import { connectUnix, listenUnix } from '../../lib/machine/unix-socket';
import { occupied } from '../../lib/wait/wait';
import { run, withoutPreloads } from '../support/command';
import { NO_PYTHON } from '../support/python';

const skip = process.platform === 'linux' ? NO_PYTHON : 'only Linux has an abstract namespace';

const LISTENER = `import socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind('\\0' + sys.argv[1])
server.listen(8)
print('up', flush=True)
while True:
    client = server.accept()[0]
    data = client.recv(99)
    try:
        client.sendall(b'HTTP/1.1 204 No Content\\r\\nconnection: close\\r\\n\\r\\n' if data.startswith(b'GET') else b'you said ' + data)
    except BrokenPipeError:
        pass  # who asks whether it is there waits for no answer
    client.close()
`;

t.test('an abstract socket of another program is found, and ours by it', { skip }, async (t) => {
  const name = `port-for-unix-${process.pid}`;
  const python = spawn(...withoutPreloads('python3', ['-c', LISTENER, name]), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => python.kill('SIGKILL'));
  await once(python.stdout, 'data');
  const client = connectUnix(`@${name}`).setEncoding('utf8');
  await once(client, 'connect');
  client.write('hello');
  t.strictSame(await once(client, 'data'), ['you said hello']);
  await once(client, 'close');
  await occupied(`unix:@${name}`, { timeout: 20_000 });
  await occupied(`http+unix:@${name}:/`, { timeout: 20_000 });

  const own = `${name}-own`;
  const server = createServer((socket) => socket.end('from node'));
  await new Promise<void>((resolve) => listenUnix(server, `@${own}`, resolve));
  const program = `import socket; s = socket.socket(socket.AF_UNIX); s.connect('\\0${own}'); print(s.recv(99).decode())`;
  t.match(await run('python3', ['-c', program]), { stdout: 'from node\n' });
  const second = createServer();
  listenUnix(second, `@${own}`, () => t.fail('a name of another'));
  t.match(await once(second, 'error'), [{ code: 'EADDRINUSE' }]);
  server.close();
  await once(server, 'close');
  const nobody = connectUnix(`@${own}`);
  t.match(await once(nobody, 'error'), [{ code: 'ECONNREFUSED' }]);
});

t.test(
  'a name of as many bytes as the kernel takes is one, a longer one is refused',
  { skip: process.platform !== 'linux' && 'only Linux has an abstract namespace' },
  async (t) => {
    const longest = `${process.pid}`.padEnd(107, 'x');
    const server = createServer((socket) => socket.end('hello'));
    await new Promise<void>((resolve) => listenUnix(server, `@${longest}`, resolve));
    t.strictSame(await once(connectUnix(`@${longest}`).setEncoding('utf8'), 'data'), ['hello']);
    server.close();
    await once(server, 'close');
    t.match(await once(connectUnix(`@${longest}x`), 'error'), [{ code: 'ENAMETOOLONG' }]);
    const other = createServer();
    listenUnix(other, `@${longest}x`, () => t.fail('a name that was cut off'));
    t.match(await once(other, 'error'), [{ code: 'ENAMETOOLONG' }]);
  },
);
