import t from 'tap';
import { checkScope } from '../../lib/host/link-local';

t.test('a link-local address has to name its interface', async (t) => {
  for (const host of ['fe80::1', 'FE9F::1', 'febf:1::', 'fe80::1%0', 'fe80::1%00']) {
    t.throws(() => checkScope(host), {
      code: 'ERR_PORT_HOST',
      host,
      message: /name its interface too, as in .*%eth0$/,
    });
  }
});

t.test('anything else comes back', async (t) => {
  for (const host of ['fe80::1%eth0', 'fe80::1%1', 'fec0::1', 'fe80', 'fe80.example', '::1', '169.254.1.1']) {
    t.equal(checkScope(host), host);
  }
});
