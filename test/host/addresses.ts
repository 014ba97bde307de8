import t from 'tap';
import { addresses, addressesSync, areLocal, checkLocal } from '../../lib/host/addresses';
import { SPELLINGS_OF_ALL, SPELLINGS_OF_MAPPED } from '../support/addresses';
import { HOSTS, NO_IPV6 } from '../support/listen';

const FOREIGN = '192.0.2.1'; // RFC 5737: nobody's.
const LOOPBACK = NO_IPV6 ? ['127.0.0.1'] : ['127.0.0.1', '::1'];

t.test('an address stands for itself, localhost for the loopback, nothing for all', async (t) => {
  for (const host of [...HOSTS, FOREIGN, '2001:db8::1']) {
    t.strictSame(addressesSync(host), [host]);
    t.strictSame(await addresses(host), [host]);
  }
  for (const host of ['localhost', 'LocalHost', 'localhost.']) {
    t.strictSame(addressesSync(host), LOOPBACK);
    t.strictSame(await addresses(host), LOOPBACK);
  }
  t.strictSame(await addresses(undefined), []);
});

t.test('however it is spelt', async (t) => {
  for (const host of SPELLINGS_OF_ALL) t.strictSame(addressesSync(host), ['::'], host);
  for (const host of SPELLINGS_OF_MAPPED) t.strictSame(await addresses(host), ['127.0.0.1'], host);
  t.strictSame(addressesSync('::ffff:192.0.2.1'), [FOREIGN]);
});

t.test('what names no host is refused with the way out', async (t) => {
  const bad: [unknown, { [property: string]: unknown; message: RegExp }][] = [
    ['', { name: 'RangeError', message: /host must not be empty/ }],
    [80, { name: 'TypeError', message: /host must be a name or an IP address, not 80/ }],
    ['no-such-host.invalid', { code: 'ERR_PORT_HOST', message: /does not resolve/ }],
    ['fe80::1', { code: 'ERR_PORT_HOST', message: /link-local: name its interface too, as in fe80::1%eth0/ }],
    ['::1%lo', { code: 'ERR_PORT_HOST', message: /only link-local addresses do: leave it out/ }],
    [
      '127.0.0.1\0',
      { name: 'RangeError', message: /"127\.0\.0\.1\\u0000" is neither a name nor an address/ },
    ],
    [
      'fe80::1%no-such-if',
      { code: 'ERR_PORT_HOST', message: /names an interface that this machine does not have/ },
    ],
  ];
  for (const [host, error] of bad) await t.rejects(addresses(host as never), error, String(host));
  t.throws(() => addressesSync('fe80::1%no-such-if'), {
    message: /names an interface that this machine does not have/,
  });
  t.throws(() => addressesSync('far.example'), {
    code: 'ERR_PORT_HOST',
    message: /is a name: .* without Sync/,
  });
});

t.test('only this machine’s own addresses are local', async (t) => {
  t.ok(areLocal([]));
  t.ok(areLocal(HOSTS));
  t.notOk(areLocal([...HOSTS, FOREIGN]));
  t.doesNotThrow(() => checkLocal(undefined, []));
  t.doesNotThrow(() => checkLocal('localhost', LOOPBACK));
  t.throws(() => checkLocal('far.example', [FOREIGN]), { code: 'ERR_PORT_HOST', host: 'far.example' });
  t.throws(() => checkLocal('localhost', []), { code: 'ERR_PORT_HOST' });
});

t.test('a name that stands for a link-local address without an interface is refused', async (t) => {
  const { addresses } = t.mockRequire<typeof import('../../lib/host/addresses')>('../../lib/host/addresses', {
    '../../lib/host/resolve': { resolveNow: async () => ['127.0.0.1', 'fe80::1'] },
  });
  await t.rejects(addresses('printer'), {
    code: 'ERR_PORT_HOST',
    message: /fe80::1" is link-local: name its interface too/,
  });
});

t.test(
  'localhost is those loopback addresses that this machine has, any other address is itself',
  async (t) => {
    const addon = { isLocalAddress: (address: string) => address === '127.0.0.1', isAddress: () => true };
    const { addressesSync, addresses } = t.mockRequire<typeof import('../../lib/host/addresses')>(
      '../../lib/host/addresses',
      { '../../lib/addon/addon': { addon } },
    );
    t.strictSame(addressesSync('localhost'), ['127.0.0.1']);
    t.strictSame(await addresses('localhost'), ['127.0.0.1']);
    t.strictSame(addressesSync('::1'), ['::1']);
  },
);
