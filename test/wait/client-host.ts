import t from 'tap';
import { clientHost } from '../../lib/wait/client-host';

t.test('a wildcard is reached at the loopback of its family', async (t) => {
  t.equal(clientHost('0.0.0.0'), '127.0.0.1');
  for (const host of ['::', '::0', '0::', '::0.0.0.0', '0:0:0:0:0:0:0:0', '0000::0000']) {
    t.equal(clientHost(host), '::1', host);
  }
});

t.test('any other host is reached at itself', async (t) => {
  for (const host of [
    '192.168.0.1',
    '127.0.0.1',
    '::1',
    '::10',
    '0:0:0:0:0:0:0:1',
    '0',
    '00:00',
    'localhost',
  ]) {
    t.equal(clientHost(host), host);
  }
});

t.test('a missing host is refused', async (t) => {
  for (const host of ['', null, undefined]) {
    t.throws(() => clientHost(host as never), { message: "Host values of '' or null are not allowed." });
  }
});
