import * as fs from 'node:fs';
import t from 'tap';
import { PortSystemError } from '../../lib/errors/port-system-error';
import { hasRoute, isLocalAddress } from '../../lib/host/local-address';

const FOREIGN = '192.0.2.1'; // RFC 5737: nobody's.

t.test('the addon tells whose an address is, and whether there is a way to it', async (t) => {
  for (const address of ['127.0.0.1', '127.0.0.2', '::1', '0.0.0.0']) t.ok(isLocalAddress(address), address);
  t.notOk(isLocalAddress(FOREIGN));
  t.ok(hasRoute('127.0.0.1'));
});

t.test('without an addon the loopback alone is known', async (t) => {
  const load = () => {
    throw new Error('No native build was found');
  };
  const without = t.mockRequire<typeof import('../../lib/host/local-address')>(
    '../../lib/host/local-address',
    { 'node-gyp-build': { resolve: load }, 'node:fs': { ...fs, existsSync: () => false } },
  );
  for (const address of ['127.0.0.1', '::1']) t.ok(without.isLocalAddress(address));
  for (const address of ['0.0.0.0', FOREIGN]) t.notOk(without.isLocalAddress(address));
  t.ok(without.hasRoute('127.0.0.1'));
  t.notOk(without.hasRoute(FOREIGN));
});

t.test('an address of which nobody knows, for want of a descriptor, is taken for local', async (t) => {
  const withAddon = (error: Error) => {
    const isLocalAddress = () => {
      throw error;
    };
    return t.mockRequire<typeof import('../../lib/host/local-address')>('../../lib/host/local-address', {
      '../../lib/addon/optional-addon': { optionalAddon: () => ({ isLocalAddress }) },
      '../../lib/errors/port-system-error': { PortSystemError },
    });
  };
  const shortage = new PortSystemError('EMFILE', 'socket', 'EMFILE, socket');
  t.equal(withAddon(shortage).isLocalAddress(FOREIGN), true);
  t.throws(() => withAddon(new TypeError('a fault')).isLocalAddress(FOREIGN), { message: 'a fault' });
});

t.test('there is a way to a loopback address where an interface of that kind has its family', async (t) => {
  const outside = [
    { internal: false, family: 'IPv4' },
    { internal: false, family: 'IPv6' },
  ];
  const families = (...own: string[]) => {
    const { hasRoute } = t.mockRequire<typeof import('../../lib/host/local-address')>(
      '../../lib/host/local-address',
      {
        'node:os': {
          networkInterfaces: () => ({
            eth0: outside,
            gone: undefined,
            lo: own.map((family) => ({ internal: true, family })),
          }),
        },
      },
    );
    return ['127.0.0.1', '127.1.2.3', '::1'].filter(hasRoute);
  };
  t.strictSame(families('IPv4', 'IPv6'), ['127.0.0.1', '127.1.2.3', '::1']);
  t.strictSame(families('IPv4'), ['127.0.0.1', '127.1.2.3']);
  t.strictSame(families('IPv6'), ['::1']);
  t.strictSame(families(), []);
});

t.test('the socket table is asked for listeners of this machine alone', async (t) => {
  const asked: unknown[] = [];
  const addon = {
    isLocalAddress: (address: string) => address === '10.0.0.1',
    isListening: (...words: unknown[]) => {
      asked.push(words);
      return words[1] === 80;
    },
  };
  const { isListening } = t.mockRequire<typeof import('../../lib/host/local-address')>(
    '../../lib/host/local-address',
    { '../../lib/addon/optional-addon': { optionalAddon: () => addon } },
  );
  t.equal(isListening('10.0.0.1', 80), true);
  t.equal(isListening('127.0.0.1', 81), false);
  t.equal(isListening(FOREIGN, 80), undefined);
  t.strictSame(asked, [
    ['10.0.0.1', 80],
    ['127.0.0.1', 81],
  ]);
});
