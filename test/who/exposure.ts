import t from 'tap';
import { exposureOf } from '../../lib/who/exposure';

t.test('the address of a socket tells who can reach it', (t) => {
  for (const address of ['0.0.0.0', '::']) t.equal(exposureOf(address), 'everybody', address);
  for (const address of ['127.0.0.1', '127.3.2.1', '::1'])
    t.equal(exposureOf(address), 'this machine', address);
  for (const address of ['192.0.2.1', '2001:db8::1', '10.0.0.0', '::2', 'fe80::1%eth0'])
    t.equal(exposureOf(address), 'one address', address);
  t.end();
});
