import t from 'tap';
import { checkAddress } from '../../lib/serve/address';

t.test('an address has 1 to 103 bytes, none of them zero', (t) => {
  for (const address of ['s', `/${'x'.repeat(102)}`, `@${'ü'.repeat(51)}`])
    t.equal(checkAddress(address), undefined);
  for (const address of [`/${'x'.repeat(103)}`, `@${'ü'.repeat(52)}`])
    t.throws(() => checkAddress(address), { name: 'RangeError', message: /is too long for a Unix socket/ });
  for (const address of ['', 'a\0b'])
    t.throws(() => checkAddress(address), { name: 'RangeError', message: /names no Unix socket/ });
  t.end();
});
