import '../support/alone';

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { Answer, Attempt } from '../../lib/wait/answer';
import * as hangUps from '../../lib/wait/hang-up';
import { tlsFor } from '../../lib/wait/http-attempt';
import { planWait, type WaitAttempt } from '../../lib/wait/options';
import { free, occupied } from '../../lib/wait/wait';
import { listen, portOf, reservePort } from '../support/listen';
import { NO_UNIX_SOCKETS, socketPath } from '../support/sockets';

const NOW = { timeout: 0 };

async function serve(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await listen(t, '127.0.0.1', undefined, server);
  t.teardown(() => server.closeAllConnections());
  return `http://127.0.0.1:${portOf(server)}`;
}

/** Answers each request with the status that its path names. */
const BY_PATH: RequestListener = ({ url }, response) =>
  response.writeHead(Number(url?.slice(1)) || 404).end('text');

t.test('a server is ready when it answers 2xx, and only then', async (t) => {
  const url = await serve(t, BY_PATH);
  for (const status of [200, 204, 299]) await occupied(`${url}/${status}`, NOW);
  for (const status of [304, 404, 500, 503]) {
    await t.rejects(occupied(`${url}/${status}`, NOW), {
      code: 'ERR_PORT_TIMEOUT',
      message: `${url}/${status} not ready: ${status} from ${url}/${status}.`,
      replies: [`${status} from ${url}/${status}`],
      pending: [{ kind: 'http', host: '127.0.0.1' }],
    });
  }
});

t.test('other statuses can be wanted', async (t) => {
  const url = await serve(t, BY_PATH);
  await occupied(`${url}/404`, { timeout: 0, status: 404 });
  await occupied(new URL(`${url}/399`), { timeout: 0, status: '200-299, 399' });
  await t.rejects(occupied(`${url}/200`, { timeout: 0, status: '201-299' }), { message: /200 from/ });
  for (const status of ['', '99', '600', '2xx', '299-200', '200-', 42])
    await t.rejects(occupied(url, { status }), { name: 'RangeError', message: /^status / });
  await t.rejects(occupied(url, { status: null as never }), TypeError);
});

t.test('a server that answers 503 for a while is waited for', async (t) => {
  const start = performance.now();
  let isReady = false;
  const url = await serve(t, (_, response) => {
    isReady = performance.now() - start > 300;
    response.writeHead(isReady ? 200 : 503).end();
  });
  const reasons = new Set<string>();
  await occupied(url, { onAttempt: ({ reason }) => reasons.add(reason) });
  t.equal(isReady, true);
  t.strictSame([...reasons].filter(Boolean), [`503 from ${url}/`]);
});

t.test('a server that is not there yet is waited for, and its end too', async (t) => {
  const server = createServer((_, response) => response.end());
  const url = await serve(t, BY_PATH);
  await occupied(`${url}/200`);
  const { port } = new URL(url);
  await t.rejects(free(`${url}/404`, NOW), { message: `${url}/404 not free.` });
  const other = new URL(`http://127.0.0.2:${port}/`);
  let isDone = false;
  const wait = occupied(other).then(() => {
    isDone = true;
  });
  await sleep(50);
  t.equal(isDone, false);
  await listen(t, '127.0.0.2', Number(port), server);
  await wait;
  server.closeAllConnections();
  server.close();
  await free(other);
});

t.test('headers are sent, those of the caller in place of ours', async (t) => {
  const heads: unknown[] = [];
  const url = await serve(t, ({ headers, method }, response) => {
    heads.push([method, headers.host, headers.accept, headers['x-key'], headers.authorization]);
    response.end();
  });
  const { host } = new URL(url);
  await occupied(url);
  await occupied(url.replace('//', '//us%40er:p%40ss@'), { headers: { Host: 'app.test', 'X-Key': '1' } });
  const basic = `Basic ${Buffer.from('us@er:p@ss').toString('base64')}`;
  t.strictSame(heads, [
    ['GET', host, '*/*', undefined, undefined],
    ['GET', 'app.test', '*/*', '1', basic],
  ]);
  for (const headers of [{ 'a b': '1' }, { a: 'b\n' }, { a: 1 }, null, []])
    await t.rejects(occupied(url, { headers: headers as never }), { code: /^ERR_PORT_INVALID/ });
});

t.test('redirects are followed as by fetch, and keep secrets to their origin', async (t) => {
  let seen: unknown;
  const there = await serve(t, ({ headers }, response) => {
    seen = [headers['x-key'], headers.authorization];
    response.writeHead(200).end();
  });
  const url = await serve(t, ({ url = '' }, response) => {
    const location = {
      '/relative': 'ok',
      '/away': `${there}/`,
      '/ftp': 'ftp://localhost/',
      '/loop': '/loop',
    };
    const to = location[url as keyof typeof location];
    if (url === '/ok') response.end();
    else response.writeHead(302, to === undefined ? {} : { location: to }).end();
  });
  await occupied(`${url}/relative`, NOW);
  await occupied(`${url}/away`, { timeout: 0, headers: { 'X-Key': '1', Authorization: 'secret' } });
  t.strictSame(seen, ['1', undefined]);
  for (const [path, reason] of [
    ['/ftp', `302 from ${url}/ftp to "ftp://localhost/"`],
    ['/none', `302 from ${url}/none`],
    ['/loop', `more than 20 redirects from ${url}/loop`],
  ] as const) {
    await t.rejects(occupied(`${url}${path}`, NOW), { code: 'ERR_PORT_TIMEOUT', replies: [reason] });
    await occupied(`${url}${path}`, { timeout: 0, status: '200-399' });
  }
});

t.test('twenty redirects are followed, of each kind that has a location, and no more', async (t) => {
  const url = await serve(t, ({ url = '' }, response) => {
    const [, status = '', left = ''] = /^\/(\d+)\/(\d+)/.exec(url) ?? [];
    if (left === '0') response.end();
    else response.writeHead(Number(status), { location: `/${status}/${Number(left) - 1}` }).end();
  });
  for (const status of [301, 302, 303, 307, 308]) await occupied(`${url}/${status}/1`, NOW);
  for (const status of [300, 304, 305])
    await t.rejects(occupied(`${url}/${status}/1`, NOW), {
      message: /not ready/,
      code: 'ERR_PORT_TIMEOUT',
      replies: [`${status} from ${url}/${status}/1`],
    });
  await occupied(`${url}/302/20`, NOW);
  await t.rejects(occupied(`${url}/302/21`, NOW), { message: /more than 20 redirects/ });
});

t.test('another origin hears nothing that is private, however it is written', async (t) => {
  let heard: unknown;
  const there = await serve(t, ({ headers }, response) => {
    heard = headers;
    response.end();
  });
  const here = await serve(t, (_, response) => response.writeHead(302, { location: `${there}/` }).end());
  const headers = {
    Cookie: 'a=b',
    'Proxy-Authorization': 'secret',
    AUTHORIZATION: 'secret',
    Host: 'app.test',
    Accept: 'text/html',
    'User-Agent': 'mine',
  };
  await occupied(here.replace('//', '//user:pass@'), { ...NOW, headers });
  t.strictSame(heard, {
    host: new URL(there).host,
    accept: 'text/html',
    'user-agent': 'mine',
    connection: 'close',
  });
  await occupied(there, NOW);
  t.match(heard, { 'user-agent': 'port-for-native', accept: '*/*' });
});

t.test('a server that does not answer, or breaks off, is not ready', async (t) => {
  const url = await serve(t, ({ url }, response) => {
    if (url === '/broken') response.socket?.destroy();
  });
  const reasons: string[] = [];
  const options = {
    timeout: 500,
    attemptTimeout: 50,
    onAttempt: ({ reason }: WaitAttempt) => reasons.push(reason),
  };
  await t.rejects(occupied(`${url}/mute`, options), { message: /no reply within 50 ms from/ });
  await t.rejects(occupied(`${url}/broken`, NOW), { message: `ECONNRESET from ${url}/broken` });
});

t.test('a Unix socket can be asked too', { skip: NO_UNIX_SOCKETS }, async (t) => {
  const path = socketPath(t);
  const targets = [
    `http+unix:${path}:/ok?x=1`,
    `http+unix://${encodeURIComponent(path)}/ok?x=1`,
    `http://unix:${path}:/ok?x=1`,
  ];
  for (const target of targets)
    await t.rejects(occupied(target, NOW), { message: `${target} not ready: ENOENT.`, port: undefined });
  const server: Server = createServer(({ url }, response) =>
    response.writeHead(url === '/ok?x=1' ? 200 : 404).end(),
  );
  const waits = targets.map((target) => occupied(target));
  server.listen(path);
  t.teardown(() => server.close());
  await Promise.all(waits);
  await t.rejects(occupied(`http+unix:${path}`, NOW), { message: /404 from http:\/\/localhost\/\.$/ });
});

t.test('an option that no target has a use for is refused', async (t) => {
  const targets = ['localhost:1', 'unix:/tmp/none'];
  const use = (options: object, more: string[] = []) =>
    occupied([...targets, ...more], { ...NOW, ...options });
  for (const [name, value] of Object.entries({ status: 204, headers: { a: 'b' } })) {
    const expected = {
      code: 'ERR_PORT_INVALID_VALUE',
      message: `${name} is for targets that begin with http:// or https://: none of the targets does`,
    };
    await t.rejects(use({ [name]: value }), expected);
    await t.rejects(use({ [name]: value }, ['tls:localhost:1']), expected);
    await t.rejects(use({ [name]: value }, ['http://localhost:1/']), { code: 'ERR_PORT_TIMEOUT' });
  }
  for (const [name, value] of Object.entries({ insecure: true, servername: 'a' })) {
    await t.rejects(use({ [name]: value }), { message: /^\w+ is for targets that begin with http:\/\/, / });
    for (const target of ['tls:localhost:1', 'http://localhost:1/'])
      await t.rejects(use({ [name]: value }, [target]), { code: 'ERR_PORT_TIMEOUT' });
  }
  await t.rejects(use({ insecure: false }), { code: 'ERR_PORT_TIMEOUT' });
});

t.test('certificates that are none are refused', async (t) => {
  const use = (ca: unknown) => occupied('tls:localhost:1', { ...NOW, ca: ca as string });
  for (const ca of ['', 'junk', Buffer.from('junk'), ['junk'], '-----BEGIN CERTIFICATE-----'])
    await t.rejects(use(ca), { name: 'RangeError', message: /^ca holds no certificate: expected PEM/ });
  const bad = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  await t.rejects(use(bad), { name: 'RangeError', message: /^ca holds a certificate that cannot be read: / });
  await t.rejects(use(42), { name: 'TypeError', message: /^ca must be PEM text, or a list of such, not 42/ });
});

/** What a test sees of the connections of its tries. */
const NOTHING = { rooms: 0, polite: new Set<Socket>(), ended: new Set<Socket>(), isNear: [] as unknown[] };
let seen = NOTHING;

let watched: typeof import('../../lib/wait/http-attempt') | undefined;

/** Tries that tell which connections they had, and how these end. */
function watchEnds(t: Test) {
  seen = { ...NOTHING, polite: new Set(), ended: new Set(), isNear: [] };
  watched ??= t.mockRequire<typeof import('../../lib/wait/http-attempt')>('../../lib/wait/http-attempt', {
    '../../lib/wait/hang-up': {
      ...hangUps,
      whenRoom: (begin: () => Attempt) => {
        seen.rooms++;
        return begin();
      },
      destroyPolitely: (socket: Socket) => {
        seen.polite.add(socket);
        hangUps.destroyPolitely(socket);
      },
      hangUp: (socket: Socket, isNear?: boolean) => {
        seen.ended.add(socket);
        seen.isNear.push(isNear);
        hangUps.hangUp(socket, isNear);
      },
    },
  });
  const { attemptHttp } = watched;
  const ask = (url: string, headers = {}, limit = 60_000) =>
    new Promise<Answer>((resolve) => {
      const { port, hostname } = new URL(url);
      const plan = { ...planWait('occupied', { status: '200-299' }), headers };
      let isBegun = false;
      attemptHttp(
        new URL(url),
        { host: hostname, port: Number(port) },
        limit,
        (answer) => {
          t.equal(isBegun, true, 'the answer comes later');
          resolve(answer);
        },
        plan,
      );
      isBegun = true;
    });
  return { ask, seen };
}

t.test('each connection of a try is ended politely, and each try waits for room', async (t) => {
  const { ask, seen } = watchEnds(t);
  const url = await serve(t, ({ url }, response) => {
    if (url === '/away') response.writeHead(302, { location: '/200' }).end();
    else BY_PATH({ url } as never, response as never);
  });
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  t.match(await ask(`${url}/200`), { verdict: 'ready' });
  t.strictSame([seen.rooms, seen.polite.size, seen.ended, seen.isNear], [1, 1, seen.polite, [true]]);
  t.match(await ask(`${url}/404`), { verdict: 'unready', reason: `404 from ${url}/404` });
  t.match(await ask(`${url}/away`), { verdict: 'ready' });
  t.strictSame([seen.rooms, seen.polite.size, seen.ended], [3, 4, seen.polite]);
  t.equal(timers(), before, 'no timer of its own is left');
});

t.test('a redirect to where nobody listens is an answer of the server that sent it', async (t) => {
  const { ask } = watchEnds(t);
  const closed = `http://127.0.0.1:${reservePort(t)}/`;
  const url = await serve(t, (_, response) => response.writeHead(302, { location: closed }).end());
  t.strictSame(await ask(closed), { verdict: 'closed', reason: 'ECONNREFUSED' });
  t.strictSame(await ask(url), { verdict: 'unready', reason: `ECONNREFUSED from ${closed}` });
});

t.test('a lack of this machine says nothing about the server', async (t) => {
  const { attemptHttp } = t.mockRequire<typeof import('../../lib/wait/http-attempt')>(
    '../../lib/wait/http-attempt',
    { '../../lib/wait/attempt': { isNear: () => true, isOwnTrouble: () => true } },
  );
  const url = new URL(`http://127.0.0.1:${reservePort(t)}/`);
  const place = { host: '127.0.0.1', port: Number(url.port) };
  const answer = await new Promise((resolve) =>
    attemptHttp(url, place, 1000, resolve, planWait('occupied', { status: '200-299' })),
  );
  t.strictSame(answer, { verdict: 'unknown', reason: 'ECONNREFUSED' });
});

t.test('a limit longer than a timer can be is no short one', async (t) => {
  const { ask } = watchEnds(t);
  const url = await serve(t, (_, response) => setTimeout(() => response.end(), 50));
  t.match(await ask(url, {}, 2 ** 40), { verdict: 'ready' });
});

t.test('a server is shown its name, and no address', async (t) => {
  t.strictSame(tlsFor('app.test', {}), { servername: 'app.test' });
  t.strictSame(tlsFor('app.test', { servername: 'other.test' }), { servername: 'other.test' });
  for (const address of ['127.0.0.1', '::1']) t.strictSame(tlsFor(address, {}), {});
});

t.test('a header that HTTP does not admit is told by the answer', async (t) => {
  const { ask } = watchEnds(t);
  const url = await serve(t, BY_PATH);
  t.match(await ask(`${url}/200`, { 'a b': '1' }), { verdict: 'unready', reason: /Header name must be/ });
});

t.test('the body of a reply is read to its end', async (t) => {
  const { ask } = watchEnds(t);
  const errors: Error[] = [];
  let isSent: Promise<unknown> = Promise.resolve();
  const url = await serve(t, (_, response) => {
    response.socket?.on('error', (error) => errors.push(error));
    isSent = once(response.end(Buffer.alloc(16 << 20)), 'finish', { signal: AbortSignal.timeout(10_000) });
  });
  t.match(await ask(url), { verdict: 'ready' });
  await isSent;
  t.strictSame(errors, []);
});

const OPENSSL = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'needs openssl for a certificate';
  }
})();

t.test('HTTPS and TLS: the certificate counts unless it need not', { skip: OPENSSL }, async (t) => {
  const folder = t.testdir({});
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const words =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost';
  const name = ['-addext', 'subjectAltName=DNS:localhost,DNS:app.test'];
  execFileSync('openssl', [...words.split(' '), ...name, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const ca = readFileSync(cert, 'utf8');
  const names: unknown[] = [];
  const server = createTlsServer({ key: readFileSync(key), cert: ca }, (_, response) => response.end());
  server.on('secureConnection', (socket) => names.push(socket.servername));
  await listen(t, '127.0.0.1', undefined, server as never);
  const port = portOf(server as never);
  for (const target of [`https://localhost:${port}/`, `tls:localhost:${port}`]) {
    await occupied(target, { timeout: 0, ca });
    await occupied(target, { timeout: 0, insecure: true });
    await t.rejects(occupied(target, NOW), { message: /not ready: .*(self.signed|SELF_SIGNED)/i }, target);
    await t.rejects(occupied(target, { timeout: 0, ca, servername: 'other.test' }), {
      message: /not ready: .*ALTNAME/,
    });
    await occupied(target, { timeout: 0, ca, servername: 'app.test' });
  }
  await occupied(`tls:127.0.0.1:${port}`, { timeout: 0, insecure: true });
  t.strictSame(
    names.filter((name) => !['localhost', 'app.test', 'other.test', false].includes(name as never)),
    [],
  );
  const plain = await listen(t, '127.0.0.1');
  await t.rejects(occupied(`tls:127.0.0.1:${portOf(plain)}`, { timeout: 0, attemptTimeout: 50 }), {
    message: /the TLS handshake was not finished in time/,
  });
  await once(server.close(), 'close');
  await free(`tls:localhost:${port}`);
});
