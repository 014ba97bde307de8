import t from 'tap';
import { bareHost, portOf } from '../../lib/wait/http-url';

t.test('the port and the host of a URL', (t) => {
  for (const [url, host, port] of [
    ['http://a/', 'a', 80],
    ['https://a/', 'a', 443],
    ['http://a:443/', 'a', 443],
    ['https://a:80/', 'a', 80],
    ['http://[::1]:8080/', '::1', 8080],
    ['http://127.0.0.1/', '127.0.0.1', 80],
  ] as const) {
    t.equal(bareHost(new URL(url)), host);
    t.equal(portOf(new URL(url)), port);
  }
  t.end();
});
