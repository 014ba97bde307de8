import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { engineSockets, listContainers } from '../../lib/process/engine';
import { socketPath } from '../support/sockets';

const NO_UNIX: string | false = process.platform === 'win32' ? 'engines listen on pipes on Windows' : false;

async function engine(t: Test, answer: string | undefined): Promise<string> {
  const path = socketPath(t);
  const server = createServer((request, response) => {
    if (answer === undefined) return;
    response.statusCode = request.url === '/containers/json' ? 200 : 404;
    response.end(answer);
  });
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(path), 'listening');
  return path;
}

t.test('an engine lists its containers with what they publish', { skip: NO_UNIX }, async (t) => {
  const answer = [
    {
      Id: 'abc',
      Names: ['/web'],
      Ports: [
        { PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
        { PrivatePort: 53, PublicPort: 5300, Type: 'udp' },
        { PrivatePort: 81, PublicPort: 8081 },
        { PrivatePort: 9 },
        null,
      ],
    },
    { Id: 'def', Names: null, Ports: null },
    { Names: ['/no-id'] },
    null,
  ];
  const socket = await engine(t, JSON.stringify(answer));
  t.strictSame(await listContainers([socket]), [
    { id: 'abc', name: 'web', published: ['8080/tcp', '5300/udp', '8081/tcp'] },
    { id: 'def', name: '', published: [] },
  ]);
});

t.test(
  'an engine that is not there, that hangs or babbles has no containers',
  { skip: NO_UNIX },
  async (t) => {
    const sockets = [
      join(t.testdir(), 'none'),
      await engine(t, 'nonsense'),
      await engine(t, '{"message":"no"}'),
    ];
    t.strictSame(await listContainers(sockets), []);
    t.strictSame(await listContainers([await engine(t, undefined)]), []);
  },
);

t.test('an engine is given a second, and asked as a host that it accepts', (t) => {
  const asked: unknown[] = [];
  const { listContainers } = t.mockRequire<typeof import('../../lib/process/engine')>(
    '../../lib/process/engine',
    {
      'node:http': {
        request: (options: unknown) => {
          asked.push(options);
          return { on: () => {}, end: () => {} };
        },
      },
    },
  );
  listContainers(['/run/docker.sock']);
  t.strictSame(asked, [
    {
      socketPath: '/run/docker.sock',
      path: '/containers/json',
      timeout: 1000,
      headers: { Host: 'localhost' },
    },
  ]);
  t.end();
});

t.test('engines listen where the environment says and in the usual places', (t) => {
  const sockets = engineSockets({
    DOCKER_HOST: 'unix:///a.sock',
    CONTAINER_HOST: 'tcp://x:1',
    XDG_RUNTIME_DIR: '/run/user/7',
  });
  t.equal(sockets[0], '/a.sock');
  t.ok(sockets.includes('/run/docker.sock'));
  t.ok(sockets.includes(join('/run/user/7', 'podman/podman.sock')));
  t.notOk(sockets.some((socket) => socket.includes('tcp')));
  t.strictSame(engineSockets({ DOCKER_HOST: 'unix:///run/docker.sock' }), [
    '/run/docker.sock',
    '/run/podman/podman.sock',
  ]);
  t.end();
});
