import t from 'tap';
import { readPlace } from '../../../lib/store/etcd/place';

const read = (url: string, environment = {}) => readPlace(url, environment);

t.test('a URL names the members, the prefix of the keys and the user', async (t) => {
  t.match(read('etcd://db'), {
    label: 'etcd://db:2379/port-for',
    hosts: [{ host: 'db', port: 2379 }],
    prefix: '/port-for',
  });
  const place = read('etcd://me:p%40ss%3A@10.0.0.1:1,[fd00::2]:2,c/team/web%20/');
  t.match(place, {
    label: 'etcd://10.0.0.1:1,[fd00::2]:2,c:2379/team/web ',
    prefix: '/team/web ',
    user: { name: 'me', password: 'p@ss:' },
  });
  t.strictSame(place.hosts, [
    { host: '10.0.0.1', port: 1 },
    { host: 'fd00::2', port: 2 },
    { host: 'c', port: 2379 },
  ]);
  t.equal(place.tls, undefined);
});

t.test('what the URL leaves out comes from the variables of etcdctl', async (t) => {
  t.strictSame(read('etcd://h', { ETCDCTL_USER: 'me:a:b' }).user, { name: 'me', password: 'a:b' });
  t.strictSame(read('etcd://h', { ETCDCTL_USER: 'me', ETCDCTL_PASSWORD: 's' }).user, {
    name: 'me',
    password: 's',
  });
  t.strictSame(read('etcd://you@h', { ETCDCTL_USER: 'me:x', ETCDCTL_PASSWORD: 's' }).user, {
    name: 'you',
    password: 's',
  });
  t.equal(read('etcd://h').user, undefined);
  t.strictSame(read('etcds://h?ca=/a&key=/k', { ETCDCTL_CACERT: '/b', ETCDCTL_CERT: '/c' }).tls, {
    ca: '/a',
    cert: '/c',
    key: '/k',
  });
  t.strictSame(read('etcds://h').tls, {});
});

t.test('a URL that is off is refused without its password', async (t) => {
  for (const url of [
    'http://me:secret@h/x',
    'etcd://me:secret@',
    'etcd://me:secret@h:0',
    'etcd://me:secret@h:65536',
    'etcd://me:secret@h:70000',
    'etcd://me:secret@h,,i',
    'etcd://me:secret@h/x?token=secret',
    'etcds://me:secret@h/x?token=secret',
    'etcd://me:secret@h/%',
    'etcd://me:secret@h/x#y',
    'etcd:///x',
  ]) {
    const error = await Promise.resolve()
      .then(() => read(url))
      .catch((error: Error) => error);
    t.ok(error instanceof RangeError, url);
    t.match(error, { code: 'ERR_PORT_INVALID_VALUE' });
    t.notMatch((error as Error).message, /secret/);
  }
});
