import t from 'tap';
import { HostPort } from '../../lib/wait/host-port';
import { toTarget, toTargets } from '../../lib/wait/target';

t.test('targets can be named in each form, alone and in a list', async (t) => {
  const forms = ['a:1', new HostPort('a', 1), { host: 'a', port: 1 }, ['a', 1]] as const;
  for (const form of forms) t.strictSame(toTargets(form).map(String), ['a:1']);
  t.strictSame(toTargets(forms).map(String), ['a:1', 'a:1', 'a:1', 'a:1']);
  t.strictSame(toTargets(new Set(['a:1', '[::1]:2'])).map(String), ['a:1', '[::1]:2']);
  t.strictSame(toTargets([]), []);
  t.strictSame(toTargets([['a', 1]]).map(String), ['a:1']);
});

t.test('a pair is a host and a number, and a list of any length is a list', async (t) => {
  t.strictSame(toTargets(['a:1', 'b:2']).map(String), ['a:1', 'b:2']);
  t.throws(() => toTargets(['a', 1, 'b:2'] as never), { message: /^target "a" is not HOST:PORT/ });
  t.throws(() => toTargets(['a'] as never), { message: /^target "a" is not HOST:PORT/ });
  t.throws(() => toTargets({ host: 'a' } as never), {
    name: 'TypeError',
    message: /^target must be "host:port", /,
  });
  const read = toTargets(['tls:a:1', 'b:2']);
  t.strictSame(
    read.map(toTarget).map((target, index) => target === read[index]),
    [true, true],
    'what was read is not read again',
  );
});

t.test('a page is asked for as it is written, and the first one otherwise', async (t) => {
  for (const [text, path, url] of [
    ['http+unix:/a.sock:/x?y', '/a.sock', 'http://localhost/x?y'],
    ['http+unix:/a.sock', '/a.sock', 'http://localhost/'],
    ['HTTP+UNIX://%2Fa%20b.sock/x', '/a b.sock', 'http://localhost/x'],
    ['HTTP://UNIX:/a.sock:/x', '/a.sock', 'http://localhost/x'],
    ['https://a:8443/b#c', undefined, 'https://a:8443/b#c'],
  ] as const) {
    const target = toTarget(text);
    t.match(target, { kind: 'http', path, url: { href: url } }, text);
  }
  t.match(toTarget(new URL('http+unix:/a.sock:/x')), { path: '/a.sock', url: { pathname: '/x' } });
  t.match(toTarget('UNIX:/a'), { kind: 'unix', path: '/a', url: undefined });
  t.match(toTarget('TLS:a:1'), { kind: 'tls', path: undefined, url: undefined });
});

t.test('what is no target is refused', async (t) => {
  for (const target of [null, undefined, 80, true, {}, { host: 'a' }, [['a']], [['a', '1']], [null], [80]]) {
    t.throws(() => toTargets(target as never), { code: /^ERR_PORT_INVALID/ }, JSON.stringify(target));
  }
});

t.test('URLs, Unix sockets and TLS are targets, written as they were given', async (t) => {
  for (const [text, expected] of [
    ['http://localhost', { kind: 'http', host: 'localhost', port: 80 }],
    ['https://db.test/a?b', { kind: 'http', host: 'db.test', port: 443 }],
    ['HTTP://[::1]:8080/', { kind: 'http', host: '::1', port: 8080 }],
    ['tls:db:5432', { kind: 'tls', host: 'db', port: 5432 }],
    ['unix:/run/a b.sock', { kind: 'unix', host: undefined, port: undefined, path: '/run/a b.sock' }],
    ['unix:@abstract', { kind: 'unix', path: '@abstract' }],
    ['http+unix:/a.sock:/x', { kind: 'http', path: '/a.sock' }],
    ['http+unix://%2Fa.sock/x', { kind: 'http', path: '/a.sock' }],
    ['http://unix:/a.sock:/x', { kind: 'http', path: '/a.sock' }],
  ] as const) {
    const [target] = toTargets(text);
    t.match(target, expected, text);
    t.equal(`${target}`, text);
    t.equal(JSON.stringify(target), JSON.stringify(text));
  }
  t.match(toTargets(new URL('http://a/b')), [{ kind: 'http', host: 'a', port: 80 }]);
  t.equal(`${toTargets('tcp:a:1')}`, 'a:1');
  for (const name of ['tls', 'unix', 'http', 'udp']) t.equal(`${toTargets(`${name}:8080`)}`, `${name}:8080`);
});

t.test('what cannot be asked is refused with the reason', async (t) => {
  for (const [text, message] of [
    ['udp:localhost:53', /UDP has no accept/],
    ['http://', /is not a URL/],
    ['http://a:70000', /is not a URL/],
    ['http://a:0/', /^target "http:\/\/a:0\/": port 0 is out of range/],
    ['unix:', /names no Unix socket/],
    ['unix:@', /names no Unix socket/],
    ['unix:/a\0b', /names no Unix socket/],
    ['http+unix://%00/', /names no Unix socket/],
    ['UDP:a:53', /UDP has no accept/],
    ['http+unix:', /names no Unix socket/],
    ['http+unix://%zz/', /names no Unix socket/],
    ['tls:localhost', /"localhost" is not HOST:PORT/],
  ] as const) {
    t.throws(() => toTargets(text), { code: 'ERR_PORT_INVALID_VALUE', message }, text);
  }
  t.throws(() => toTargets(new URL('file:///a')), { message: /neither an http: nor an https: URL/ });
});

t.test(
  'a Unix socket has a path as long as the system takes, in bytes',
  { skip: process.platform === 'win32' && 'Windows has pipes' },
  async (t) => {
    const most = process.platform === 'linux' ? 107 : 103;
    const longest = '/'.padEnd(most, 'x');
    for (const text of [`unix:${longest}`, `unix:@${longest}`, `http+unix:${longest}:/page`])
      t.doesNotThrow(() => toTargets(text));
    for (const text of [`unix:${longest}x`, `unix:@${longest}x`, `unix:${longest.slice(1)}é`])
      t.throws(() => toTargets(text), {
        code: 'ERR_PORT_INVALID_VALUE',
        message: new RegExp(
          `has a socket path of ${most + 1} bytes: the system allows ${most} at most, so use a shorter one$`,
        ),
      });
  },
);

t.test('on Windows a path may be longer', async (t) => {
  t.intercept(process, 'platform', { value: 'win32' });
  t.doesNotThrow(() => toTargets(`unix:${'/'.padEnd(200, 'x')}`));
});
