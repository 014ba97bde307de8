import '../../support/alone';

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { PortStore } from '../../../lib/store/port-store';
import { NO_ETCD, startEtcd, storeUrl } from '../../support/etcd';

/** An HTTP server that ends with the test; its port. */
async function serve(t: Test, answer: RequestListener): Promise<number> {
  return listen(t, createServer(answer));
}

async function listen(
  t: Test,
  server: Pick<Server, 'listen' | 'close' | 'address' | 'once'> & { closeAllConnections?(): void },
): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server as Server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections?.();
  });
  return (server.address() as AddressInfo).port;
}

const open = (ports: readonly number[], lockTimeout = 2500) =>
  new PortStore(`etcd://me:secret@${ports.map((port) => `127.0.0.1:${port}`).join(',')}/x`, { lockTimeout });

const EMPTY = '{"header":{"cluster_id":"1","revision":"5"}}';
const TOKEN = '{"header":{"cluster_id":"1"},"token":"t"}';

const answerEmpty: RequestListener = (request, response) => {
  request.resume();
  response.end(request.url === '/v3/auth/authenticate' ? TOKEN : EMPTY);
};

t.test('a member that is dead, silent, hangs up or has no leader is left for the next', async (t) => {
  const silent = await listen(
    t,
    createTcpServer((socket) => socket.on('error', () => {}).resume()) as unknown as Server,
  );
  const rude = await listen(t, createTcpServer((socket) => socket.destroy()) as unknown as Server);
  const leaderless = await serve(t, (request, response) => {
    request.resume();
    response
      .writeHead(503)
      .end('{"error":"etcdserver: no leader","message":"etcdserver: no leader","code":14}');
  });
  const proxy = await serve(t, (request, response) => {
    request.resume();
    response.writeHead(502).end('<html>bad gateway');
  });
  const good = await serve(t, answerEmpty);
  for (const bad of [1, silent, rude, leaderless, proxy]) {
    t.strictSame(await open([bad, good], 10_000).boundPorts(), new Map(), `${bad}`);
  }
});

t.test('a cluster of which nobody answers is an error in time, and tells no password', async (t) => {
  const silent = await listen(
    t,
    createTcpServer((socket) => socket.on('error', () => {}).resume()) as unknown as Server,
  );
  const error = await open([silent, 1], 300)
    .boundPorts()
    .catch((error: Error) => error);
  t.match(error, {
    code: 'ERR_PORT_CONFIG_ACCESS',
    systemCode: 'ETIMEDOUT',
    message:
      /^cannot reach etcd:\/\/127\.0\.0\.1:\d+,127\.0\.0\.1:1\/x for 0\.3 s: .*no answer in .*ECONNREFUSED/,
  });
  t.notMatch((error as Error).message, /secret/);
  await t.rejects(open([1]).bindPort('web'), { code: 'ERR_PORT_CONFIG_ACCESS', message: /ECONNREFUSED/ });
});

t.test('a cluster that does not speak TLS is named as the trouble', async (t) => {
  const plain = await serve(t, answerEmpty);
  await t.rejects(new PortStore(`etcds://127.0.0.1:${plain}/x`, { lockTimeout: 2000 }).boundPorts(), {
    code: 'ERR_PORT_CONFIG_ACCESS',
    message: /: etcds:\/\/ needs members that speak TLS, with a certificate of the authority in \?ca=FILE$/,
  });
});

t.test('an answer that no other member will better ends the call', async (t) => {
  let asked = 0;
  const other = await serve(t, (request, response) => {
    asked++;
    answerEmpty(request, response);
  });
  const web = await serve(t, (request, response) => {
    request.resume();
    response.writeHead(404).end('Not Found');
  });
  await t.rejects(open([web, other]).boundPorts(), { systemCode: 'EPROTO', message: /etcd 3\.4 and later/ });
  t.equal(asked, 0);
  let isUp = true;
  const flaky = await serve(t, (request, response) => {
    if (isUp) answerEmpty(request, response);
    else response.writeHead(503).end('{"code":14}');
  });
  const stranger = await serve(t, (request, response) => {
    request.resume();
    response.end(EMPTY.replace('"1"', '"2"'));
  });
  const store = open([flaky, stranger]);
  await store.boundPorts();
  isUp = false;
  await t.rejects(store.boundPorts(), { message: /is a member of another cluster/ });
});

t.test('all pages of an answer are of one moment', async (t) => {
  const encode = (text: string) => Buffer.from(text).toString('base64');
  const asked: { key: string; revision?: string }[] = [];
  const port = await serve(t, async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    if (request.url === '/v3/auth/authenticate') return void response.end(TOKEN);
    asked.push(JSON.parse(text));
    const [name, value] =
      [
        ['a', '81'],
        ['b', '82'],
        ['c', '83'],
      ][asked.length - 1] ?? [];
    const kvs = [{ key: encode(`/x/names/${name}`), value: encode(`${value}`), mod_revision: '3' }];
    const header = { cluster_id: '1', revision: `${4 + asked.length}` };
    response.end(JSON.stringify({ header, kvs, more: asked.length < 3 }));
  });
  const names = new Map([
    ['a', 81],
    ['b', 82],
    ['c', 83],
  ]);
  t.strictSame(await open([port]).boundPorts(), names);
  t.strictSame(
    asked.map(({ revision }) => revision),
    [undefined, '5', '5'],
  );
});

t.test('a change whose answer was lost is told as what it was', async (t) => {
  // The engine does what it is asked for, and its answer to each transaction gets lost once.
  let kvs: { key: string; value: string; mod_revision: string }[] = [];
  let revision = 5;
  let isLost = false;
  const port = await serve(t, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const question = JSON.parse(Buffer.concat(chunks).toString());
    const header = { cluster_id: '1', revision: `${revision}` };
    if (request.url === '/v3/auth/authenticate') return response.end(TOKEN);
    if (request.url === '/v3/kv/range') return response.end(JSON.stringify({ header, kvs }));
    const revisionOf = (key: string) => kvs.find((one) => one.key === key)?.mod_revision ?? '0';
    const succeeded = question.compare.every(
      (one: { key: string; mod_revision: string }) => revisionOf(one.key) === one.mod_revision,
    );
    if (succeeded) {
      revision++;
      for (const { request_put: put, request_delete_range: gone } of question.success) {
        kvs = kvs.filter(({ key }) => key !== (put ?? gone).key);
        if (put !== undefined) kvs.push({ ...put, mod_revision: `${revision}` });
      }
      isLost = !isLost;
      if (isLost) return request.socket.destroy();
    }
    return response.end(JSON.stringify({ header, succeeded }));
  });
  const store = open([port], 10_000);
  t.equal(await store.bindPort('web', 24_680), 24_680);
  isLost = false;
  t.equal(await store.rebindPort('web', 24_681), 24_681);
  isLost = false;
  t.equal(await store.unbindPort('web'), 24_681, 'though it was gone when it was asked for again');
  isLost = false;
  const held = await store.lease('web');
  t.equal(await store.bindPort('web'), held.port);
  held.release();
  t.equal(kvs.length, 2);
});

const NO_OPENSSL = spawnSync('openssl', ['version']).status === 0 ? false : 'needs openssl';

t.test(
  'TLS, with an authority and a certificate of the client',
  { skip: NO_ETCD || NO_OPENSSL },
  async (t) => {
    const folder = t.testdir();
    const file = (name: string) => join(folder, name);
    const openssl = (...words: string[]) => {
      const { status, stderr } = spawnSync('openssl', words, { cwd: folder, encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
    };
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    openssl('req', '-x509', ...key, '-subj', '/CN=ca', '-days', '2', '-keyout', 'ca.key', '-out', 'ca.pem');
    openssl(
      ...[
        'req',
        '-x509',
        ...key,
        '-subj',
        '/CN=127.0.0.1',
        '-days',
        '2',
        '-keyout',
        'own.key',
        '-out',
        'own.pem',
      ],
      ...['-addext', 'subjectAltName=IP:127.0.0.1', '-CA', 'ca.pem', '-CAkey', 'ca.key'],
    );
    const members = await startEtcd(
      t,
      ['127.0.0.1'],
      [
        ...['--cert-file', file('own.pem'), '--key-file', file('own.key')],
        ...['--client-cert-auth', '--trusted-ca-file', file('ca.pem')],
      ],
    );
    const url = storeUrl(members).replace('etcd:', 'etcds:');
    const store = new PortStore(`${url}?ca=${file('ca.pem')}&cert=${file('own.pem')}&key=${file('own.key')}`);
    const port = await store.bindPort('web');
    t.equal(await store.bindPort('web'), port);
    t.match(store.path, /^etcds:[^?]*$/);
    await t.rejects(new PortStore(url).bindPort('web'), {
      code: 'ERR_PORT_CONFIG_ACCESS',
      message: /certificate/,
    });
    await t.rejects(new PortStore(`${url}?ca=${file('ca.pem')}`, { lockTimeout: 500 }).bindPort('web'), {
      code: 'ERR_PORT_CONFIG_ACCESS',
    });
    await t.rejects(new PortStore(`${url}?ca=/nowhere`).bindPort('web'), {
      code: 'ERR_PORT_CONFIG_ACCESS',
      message: /ENOENT/,
    });
    await t.rejects(new PortStore(storeUrl(members), { lockTimeout: 500 }).bindPort('web'), {
      code: 'ERR_PORT_CONFIG_ACCESS',
    });
  },
);
