import '../../support/alone';

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import t from 'tap';
import { leaseSync } from '../../../lib/lease/lease';
import { AssociationConflictError, ConfigAccessError, ConfigFileError } from '../../../lib/store/errors';
import { PortStore } from '../../../lib/store/port-store';
import { portFor, run } from '../../support/command';
import { distPath } from '../../support/dist';
import { etcdctl, NO_ETCD, startEtcd, storeUrl } from '../../support/etcd';

/** A port that is free now. */
function freePort(): number {
  using held = leaseSync();
  return held.port;
}

t.test('a store in a cluster of one', { skip: NO_ETCD }, async (t) => {
  const members = await startEtcd(t);
  const open = (prefix: string) => new PortStore(storeUrl(members, prefix));

  await t.test('a name has one port for every client, and is changed and forgotten', async (t) => {
    const [store, other] = [open('/one'), open('/one')];
    t.strictSame(await store.boundPorts(), new Map());
    const port = await store.bindPort('web');
    t.equal(await other.bindPort('WEB'), port);
    const db = await other.bindPort('db');
    t.not(db, port);
    t.strictSame(
      await store.boundPorts(),
      new Map([
        ['db', db],
        ['web', port],
      ]),
    );
    const wanted = freePort();
    t.equal(await other.rebindPort('web', wanted), wanted);
    t.equal(await store.bindPort('web'), wanted);
    t.equal(await store.bindPort('second', port), port, 'what a name gives up another may have');
    t.equal(await store.unbindPort('web'), wanted);
    t.equal(await store.unbindPort('web'), undefined);
    t.equal(await other.bindPort('third', { prefer: wanted }), wanted);
    t.match(await store.associations(), [{ name: 'db', port: db, path: store.path }, {}, {}]);
    t.strictSame(await store.prune(), []);
  });

  await t.test('the keys are names and ports, for everybody to read', async (t) => {
    const store = open('/keys');
    await store.bindPort('web', 24_680);
    t.equal(etcdctl(members, 'get', '--prefix', '/keys'), '/keys/names/web\n24680\n/keys/ports/24680\nweb\n');
    await store.unbindPort('web');
    t.equal(etcdctl(members, 'get', '--prefix', '/keys'), '');
  });

  await t.test('errors are those of a file', async (t) => {
    const store = open('/errors');
    await store.bindPort('web', 24_680);
    await t.rejects(store.bindPort('web', 24_681), AssociationConflictError);
    await t.rejects(store.bindPort('db', 24_680), AssociationConflictError);
    await t.rejects(store.rebindPort('db'), {
      code: 'ERR_PORT_UNKNOWN_NAME',
      message: /in etcd:\/\/.*\/errors/,
    });
    await t.rejects(store.bindPort('a=b'), { code: 'ERR_PORT_INVALID_VALUE' });
    await t.rejects(store.bindPort('db', 0), { code: 'ERR_PORT_INVALID_VALUE' });
    t.strictSame(await store.boundPorts(), new Map([['web', 24_680]]));
  });

  await t.test('what others wrote keeps no name from its port, and is no loop', async (t) => {
    const store = open('/odd');
    etcdctl(members, 'put', '/odd/names/z', 'abc');
    etcdctl(members, 'put', '/odd/names/Upper', '24682');
    etcdctl(members, 'put', '/odd/names/by-hand', '24683');
    etcdctl(members, 'put', '/odd/ports/24680', 'gone');
    etcdctl(members, 'put', '/oddity/names/other', '24681');
    await t.rejects(store.bindPort('z'), ConfigFileError);
    await t.rejects(store.bindPort('z'), { message: /\/odd\/names\/z:1: "abc" is not a port/ });
    t.equal(await store.bindPort('web', 24_680), 24_680, 'a port of no name is taken over');
    t.equal(await store.bindPort('by-hand'), 24_683);
    await t.rejects(store.bindPort('db', 24_683), AssociationConflictError);
    t.strictSame([...(await store.boundPorts()).keys()], ['by-hand', 'web']);
  });

  await t.test('a lease holds the port of the name, or says who has it', async (t) => {
    const store = open('/lease');
    using held = await store.lease('web');
    t.equal(await store.bindPort('web'), held.port);
    const server = createServer().listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await store.bindPort('busy', port);
    await t.rejects(store.lease('busy'), { code: 'ERR_PORT_IN_USE', owner: { pid: process.pid } });
    server.close();
  });

  await t.test('more names than one answer has', async (t) => {
    const puts = Array.from({ length: 6000 }, (_, index) => index + 1024);
    const url = `http://127.0.0.1:${members[0]?.port}/v3/kv/txn`;
    const encode = (text: string) => Buffer.from(text).toString('base64');
    for (let at = 0; at < puts.length; at += 60) {
      const success = puts
        .slice(at, at + 60)
        .flatMap((port) => [
          { request_put: { key: encode(`/many/names/n${port}`), value: encode(`${port}`) } },
          { request_put: { key: encode(`/many/ports/${port}`), value: encode(`n${port}`) } },
        ]);
      t.equal((await fetch(url, { method: 'POST', body: JSON.stringify({ success }) })).status, 200);
    }
    const store = open('/many');
    const bound = await store.boundPorts();
    t.equal(bound.size, 6000);
    t.equal(bound.get('n7023'), 7023);
    t.equal(await store.bindPort('n1024'), 1024);
    t.ok((await store.bindPort('new')) > 7023);
  });

  await t.test('many clients at once get one port a name and one name a port', async (t) => {
    const clients = Array.from({ length: 32 }, () => open('/many-clients'));
    const results = await Promise.all(
      clients.map(async (store, index) => ({
        shared: await store.bindPort('shared'),
        own: await store.bindPort(`own-${index}`),
      })),
    );
    t.equal(new Set(results.map(({ shared }) => shared)).size, 1);
    t.equal(new Set(results.map(({ own }) => own)).size, 32);
    // They all want the same port: one has it, and the others are told whose it is.
    const wanted = freePort();
    const tries = await Promise.allSettled(
      clients.map((store, index) => store.bindPort(`w-${index}`, wanted)),
    );
    t.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const one of tries)
      if (one.status === 'rejected') t.ok(one.reason instanceof AssociationConflictError);
    // And these prefer it: one has it by now, so that each gets another one.
    const preferring = await Promise.all(
      clients.map((store, index) => store.bindPort(`p-${index}`, { prefer: wanted })),
    );
    t.equal(new Set(preferring).size, 32);
    t.equal((await open('/many-clients').boundPorts()).size, 1 + 32 + 1 + 32);
  });

  await t.test('what takes one machine is refused', async (t) => {
    const store = open('/local');
    t.throws(() => store.bindPortSync('web'), { code: 'ERR_PORT_REMOTE_STORE', message: /without Sync/ });
    t.throws(() => store.boundPortsSync(), { code: 'ERR_PORT_REMOTE_STORE' });
    t.throws(() => store.leaseSync('web'), { code: 'ERR_PORT_REMOTE_STORE' });
    t.throws(() => store.unbindPortSync('web'), { code: 'ERR_PORT_REMOTE_STORE' });
    t.throws(() => store.project(), { code: 'ERR_PORT_REMOTE_STORE', message: /checkouts/ });
    t.strictSame(await store.boundPorts(), new Map());
  });

  await t.test('the command keeps names there, and says who has a port on this machine', async (t) => {
    const words = ['--store', storeUrl(members, '/command')];
    const first = await portFor(['web', ...words]);
    t.match(first, { code: 0, stdout: /^\d+\n$/, stderr: '' });
    t.strictSame(await portFor(['web', ...words], { PORT_FOR_HERE: '1' }), first);
    t.strictSame(await portFor(['web'], { PORT_FOR_CONFIG: storeUrl(members, '/command') }), first);
    t.equal((await portFor(['--list', ...words])).stdout, `web: ${first.stdout}`);
    const env = await run(process.execPath, [distPath('port-for.js'), '--run', 'web', ...words, '--', 'env']);
    t.match(env.stdout, `WEB_PORT=${first.stdout}`);
    const server = createServer().listen(Number(first.stdout));
    await once(server, 'listening');
    t.match(await portFor(['web', ...words]), {
      code: 0,
      stdout: first.stdout,
      stderr: new RegExp(`port \\d+ of "web" is in use on this machine by .* \\(pid ${process.pid}\\)\n$`),
    });
    server.close();
    t.equal((await portFor(['--explain', 'web', ...words, '--json'])).code, 0);
    t.strictSame(await portFor(['--unbind', 'web', ...words]), { code: 0, stdout: '', stderr: '' });
    t.match(await portFor(['--store', 'file.conf', 'web']), { code: 2, stderr: /--store needs a URL/ });
    t.match(await portFor(['--here', 'web', ...words]), {
      code: 2,
      stderr: /--here does not go with --store/,
    });
    t.match(await portFor(['web', '--store', 'etcd://me:secret@127.0.0.1:1']), {
      code: 1,
      stderr: /^port-for: cannot reach etcd:\/\/127\.0\.0\.1:1\/port-for: .*ECONNREFUSED.*running\?\n$/,
    });
  });
});

t.test('users and passwords', { skip: NO_ETCD }, async (t) => {
  const members = await startEtcd(t);
  etcdctl(members, 'user', 'add', 'root:toor');
  etcdctl(members, 'user', 'grant-role', 'root', 'root');
  etcdctl(members, 'user', 'add', 'me:p@:s');
  etcdctl(members, 'role', 'add', 'ports');
  etcdctl(members, 'role', 'grant-permission', '--prefix=true', 'ports', 'readwrite', '/mine/');
  etcdctl(members, 'user', 'grant-role', 'me', 'ports');
  await t.rejects(new PortStore(storeUrl(members, '/mine', 'root:x@')).bindPort('web'), {
    message: /authentication is not enabled: name no user/,
  });
  etcdctl(members, 'auth', 'enable');
  const mine = (userinfo: string, prefix = '/mine') => new PortStore(storeUrl(members, prefix, userinfo));
  const port = await mine('me:p%40%3As@').bindPort('web');
  t.equal(await mine('root:toor@').bindPort('web'), port);
  const denied = { code: 'ERR_PORT_CONFIG_ACCESS', systemCode: 'EACCES' };
  for (const store of [
    mine(''),
    mine('me:wrong-secret@'),
    mine('nobody:wrong-secret@'),
    mine('me:p%40%3As@', '/others'),
  ]) {
    const error = await store.bindPort('web').catch((error: Error) => error);
    t.match(error, denied);
    t.ok(error instanceof ConfigAccessError);
    t.notMatch((error as Error).message, /secret|p@:s/);
  }
  const settings = { ETCDCTL_USER: 'me:p@:s' };
  t.match(await portFor(['web', '--store', storeUrl(members, '/mine')], settings), {
    stdout: `${port}\n`,
    stderr: '',
  });
  // A token that the cluster has forgotten, as after a restart, is renewed.
  const store = mine('me:p%40%3As@');
  await store.bindPort('web');
  etcdctl(members, '--user', 'root:toor', 'user', 'passwd', '--interactive=false', 'root');
  t.equal(await store.bindPort('web'), port);
});
