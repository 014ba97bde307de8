import t from 'tap';
import { checkHost, knownAddresses } from '../../lib/host/host';
import { SPELLINGS_OF_ALL, SPELLINGS_OF_MAPPED } from '../support/addresses';

t.test('addresses and localhost need no resolver', async (t) => {
  for (const host of ['127.0.0.1', '::1', '192.0.2.1', 'fe80::1%eth0']) {
    t.strictSame(knownAddresses(host), [host]);
  }
  for (const host of SPELLINGS_OF_ALL) t.strictSame(knownAddresses(host), ['::'], host);
  for (const host of SPELLINGS_OF_MAPPED) t.strictSame(knownAddresses(host), ['127.0.0.1'], host);
  for (const host of ['localhost', 'LocalHost', 'localhost.']) {
    t.strictSame(knownAddresses(host), ['127.0.0.1', '::1'], host);
  }
  for (const host of ['db', 'localhost.example', 'my.localhost', '1'])
    t.equal(knownAddresses(host), undefined);
});

t.test('a link-local address needs its interface, and the error has it as it was written', async (t) => {
  for (const host of ['fe80::1', 'FE80:0::1', 'fe80::1%0']) {
    t.throws(() => knownAddresses(host), {
      code: 'ERR_PORT_HOST',
      host,
      message: `host "${host}" is link-local`,
    });
  }
});

t.test('what cannot name a host is refused', async (t) => {
  t.equal(checkHost('db'), 'db');
  t.throws(() => checkHost(''), { name: 'RangeError', message: 'host must not be empty' });
  t.throws(() => checkHost('[::1]'), { name: 'RangeError', message: /without brackets/ });
  for (const host of [80, null, {}]) t.throws(() => checkHost(host), { name: 'TypeError' });
});
