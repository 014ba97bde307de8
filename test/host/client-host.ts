import t from 'tap';
import { clientAddress, clientAddresses, clientHost, meanEveryAddress } from '../../lib/host/client-host';
import { SPELLINGS_OF_ALL } from '../support/addresses';

t.test('a wildcard is reached at the loopback of its family', async (t) => {
  for (const host of ['0.0.0.0', '::ffff:0.0.0.0']) t.equal(clientHost(host), '127.0.0.1', host);
  for (const host of SPELLINGS_OF_ALL) t.equal(clientHost(host), '::1', host);
  t.equal(clientAddress('0.0.0.0'), '127.0.0.1');
  t.equal(clientAddress('::'), '::1');
});

t.test('any other host is reached at itself', async (t) => {
  for (const host of [
    '192.168.0.1',
    '127.0.0.1',
    '::1',
    '::10',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '0',
    '00:00',
    'localhost',
  ]) {
    t.equal(clientHost(host), host);
  }
  t.equal(clientAddress('127.0.0.2'), '127.0.0.2');
});

t.test('a missing host is refused', async (t) => {
  for (const host of ['', null, undefined]) {
    t.throws(() => clientHost(host as never), { message: "Host values of '' or null are not allowed." });
  }
});

t.test('all addresses, of both families, are reached at both loopbacks', async (t) => {
  for (const addresses of [[], ['::'], ['127.0.0.1', '::']]) {
    t.ok(meanEveryAddress(addresses));
    t.strictSame(clientAddresses(addresses), ['127.0.0.1', '::1']);
  }
  t.notOk(meanEveryAddress(['0.0.0.0', '::1']));
  t.strictSame(clientAddresses(['0.0.0.0']), ['127.0.0.1']);
  t.strictSame(clientAddresses(['127.0.0.2', '192.0.2.1']), ['127.0.0.2', '192.0.2.1']);
});
