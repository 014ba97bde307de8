import t from 'tap';
import { addresses, addressesSync, areLocal, checkLocal, clientAddresses } from '../lib/host';
import { HOSTS, NO_IPV6 } from './support/listen';

const FOREIGN = '192.0.2.1'; // RFC 5737: nobody's.
const LOOPBACK = NO_IPV6 ? ['127.0.0.1'] : ['127.0.0.1', '::1'];

t.test('an address stands for itself, localhost for the loopback, nothing for all', async (t) => {
  for (const host of [...HOSTS, FOREIGN, '::ffff:127.0.0.1', '2001:db8::1']) {
    t.strictSame(addressesSync(host), [host]);
    t.strictSame(await addresses(host), [host]);
  }
  for (const host of ['localhost', 'LocalHost']) t.strictSame(await addresses(host), LOOPBACK);
  t.strictSame(await addresses(undefined), []);
});

t.test('what names no host is refused with the way out', async (t) => {
  const bad: [unknown, { [property: string]: unknown; message: RegExp }][] = [
    ['', { name: 'RangeError', message: /host must not be empty/ }],
    [80, { name: 'TypeError', message: /host must be a name or an IP address, not 80/ }],
    ['no-such-host.invalid', { code: 'ERR_PORT_HOST', message: /does not resolve/ }],
    ['fe80::1', { code: 'ERR_PORT_HOST', message: /link-local: name its interface too, as in fe80::1%eth0/ }],
    ['fe80::1%no-such-if', { code: 'ERR_PORT_HOST', message: /on an interface that this machine has not/ }],
  ];
  for (const [host, error] of bad) await t.rejects(addresses(host as never), error, String(host));
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

t.test('clients reach a wildcard by the loopback, of both families where it is of both', async (t) => {
  t.strictSame(clientAddresses([]), LOOPBACK);
  t.strictSame(clientAddresses(['::']), LOOPBACK);
  t.strictSame(clientAddresses(['0.0.0.0']), ['127.0.0.1']);
  t.strictSame(clientAddresses(['127.0.0.2', FOREIGN]), ['127.0.0.2', FOREIGN]);
});
