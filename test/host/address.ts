import t from 'tap';
import { isLoopback, readAddress } from '../../lib/host/address';
import { SPELLINGS_OF_ALL, SPELLINGS_OF_MAPPED } from '../support/addresses';

t.test('an address has one spelling', async (t) => {
  for (const text of [
    '127.0.0.1',
    '0.0.0.0',
    '::',
    '::1',
    '::10',
    '2001:db8::1',
    'fe80::1%eth0',
    'fe80::1%my_if',
  ])
    t.equal(readAddress(text), text);
  for (const text of SPELLINGS_OF_ALL) t.equal(readAddress(text), '::', text);
  for (const text of ['0:0:0:0:0:0:0:1', '::0001', '::0.0.0.1']) t.equal(readAddress(text), '::1', text);
  t.equal(readAddress('2001:DB8:0:0::A'), '2001:db8::a');
  t.equal(readAddress('FE80:0::1%eth0'), 'fe80::1%eth0');
});

t.test('an IPv4 address in IPv6 form is the IPv4 address', async (t) => {
  for (const text of SPELLINGS_OF_MAPPED) t.equal(readAddress(text), '127.0.0.1', text);
  t.equal(readAddress('::ffff:0:0'), '0.0.0.0');
  t.equal(readAddress('::ffff:127.0.0.1%lo'), '::ffff:127.0.0.1%lo', 'with an interface it has no IPv4 form');
});

t.test('anything else is no address', async (t) => {
  const texts = [
    '',
    'localhost',
    '0',
    '00:00',
    '1.2.3',
    '127.0.0.1%lo',
    '::1%',
    '%lo',
    '::g',
    '[::1]',
    '::1\n',
  ];
  for (const text of texts) t.equal(readAddress(text), undefined, text);
});

t.test('a loopback address is one of either family', async (t) => {
  for (const address of ['127.0.0.1', '127.1.2.3', '::1']) t.ok(isLoopback(address), address);
  for (const address of ['128.0.0.1', '0.0.0.0', '::', '::10']) t.notOk(isLoopback(address), address);
});
