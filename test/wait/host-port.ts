import { createServer } from 'node:net';
import t from 'tap';
import { HostPort } from '../../lib/wait/host-port';
import { close, listen, portOf } from '../support/listen';

t.test('a host and a port are read, and written in the same form', async (t) => {
  for (const [text, host, port] of [
    ['localhost:32768', 'localhost', 32768],
    ['127.0.0.1:1', '127.0.0.1', 1],
    ['[::1]:32768', '::1', 32768],
    ['[fe80::1%eth0]:65535', 'fe80::1%eth0', 65535],
    ['db.example_1:5432', 'db.example_1', 5432],
  ] as const) {
    const parsed = HostPort.parse(text);
    t.equal(parsed.host, host);
    t.equal(parsed.port, port);
    t.equal(`${parsed}`, text);
    t.equal(JSON.stringify([parsed]), JSON.stringify([text]));
  }
  t.equal(HostPort.parse('localhost:0080').port, 80);
  t.equal(new HostPort('[::1]', 80).host, '::1');
});

t.test('a text that is no host and port is refused with the text', async (t) => {
  for (const text of [
    'localhost',
    ':80',
    '::1:80',
    '[::1]',
    'a:b:c',
    'a:',
    'a:8o',
    'a:-1',
    'a:1.5',
    '',
    ' ',
  ]) {
    t.throws(
      () => HostPort.parse(text),
      { code: 'ERR_PORT_INVALID_VALUE', message: JSON.stringify(text) },
      text,
    );
  }
  for (const text of ['[localhost]:80', '[]:80', 'a b:80', 'http://localhost:80', '[::1:80', '::1]:80']) {
    t.throws(() => HostPort.parse(text), RangeError, text);
  }
  for (const text of ['a:0', 'a:65536', '[::1]:99999999999']) {
    t.throws(() => HostPort.parse(text), { message: `target ${JSON.stringify(text)}: port` }, text);
  }
  t.throws(() => HostPort.parse(80 as never), TypeError);
});

t.test('a missing host and a port that is none are refused', async (t) => {
  for (const host of ['', null, undefined]) {
    t.throws(() => new HostPort(host as never, 80), {
      code: 'ERR_PORT_INVALID_VALUE',
      message: "Host values of '' or null are not allowed.",
    });
  }
  t.throws(() => new HostPort(80 as never, 80), TypeError);
  for (const host of [' ', 'a b', 'a\nb', 'a\0', '[::1', '[]']) {
    t.throws(() => new HostPort(host, 80), { code: 'ERR_PORT_INVALID_VALUE', message: JSON.stringify(host) });
  }
  for (const port of [0, 65536, 1.5, Number.NaN, -1]) {
    t.throws(() => new HostPort('a', port), { message: `port ${port} is out of range` });
  }
  t.throws(() => new HostPort('a', '80' as never), TypeError);
});

t.test('the address of a listening server is one', async (t) => {
  const server = await listen(t, '127.0.0.1');
  t.strictSame({ ...HostPort.fromAddress(server.address()) }, { host: '127.0.0.1', port: portOf(server) });
  await close(server);
  t.throws(() => HostPort.fromAddress(server.address()), { code: 'ERR_PORT_INVALID_TYPE', message: 'null' });
  t.throws(() => HostPort.fromAddress('/run/a.sock'), TypeError);
  t.throws(() => HostPort.fromAddress(createServer().address()), TypeError);
});
