import t from 'tap';
import { checkScan, type ScanSyncOptions } from '../../lib/scan/options';
import { planScan } from '../../lib/scan/plan';
import { NO_IPV6 } from '../support/listen';

const REMOTE = '192.0.2.1'; // RFC 5737: nobody's.

function plan(options: ScanSyncOptions, addresses: string[]): [method: string, ...hosts: string[]][] {
  return planScan(checkScan(80, options), addresses).map(({ method, hosts }) => [method, ...hosts]);
}

t.test(
  'this machine is asked by both methods, the loopback addresses by connections',
  { skip: NO_IPV6 },
  async (t) => {
    const both = [['bind'], ['connect', '127.0.0.1'], ['connect', '::1']];
    t.strictSame(plan({}, []), both);
    t.strictSame(plan({ method: 'bind' }, []), both.slice(0, 1));
    t.strictSame(plan({ method: 'connect' }, []), both.slice(1));
    t.strictSame(plan({ method: 'table' }, []), [['table']]);
    t.strictSame(
      plan({ host: '::' }, ['::']),
      [['bind', '::'], ...both.slice(1)],
      'the wildcard of both families',
    );
  },
);

t.test('an address of this machine is bound and connected to', async (t) => {
  const host = '127.0.0.1';
  t.strictSame(plan({ host }, [host]), [
    ['bind', host],
    ['connect', host],
  ]);
  t.strictSame(plan({ host: '0.0.0.0' }, ['0.0.0.0']), [
    ['bind', '0.0.0.0'],
    ['connect', '127.0.0.1'],
  ]);
  t.strictSame(plan({ host, transport: 'udp' }, [host]), [['bind', host]]);
});

t.test('another machine is asked by connections', async (t) => {
  const host = 'far.example';
  t.strictSame(plan({ host }, [REMOTE]), [['connect', REMOTE]]);
  t.strictSame(plan({ host }, ['127.0.0.1', REMOTE]).at(0), ['connect', '127.0.0.1'], 'one of several');
});

t.test('what only this machine tells is refused for others', async (t) => {
  for (const method of ['bind', 'both', 'table'] as const) {
    t.throws(() => plan({ host: REMOTE, method }, [REMOTE]), {
      code: 'ERR_PORT_HOST',
      host: REMOTE,
      message: /not an address of this machine/,
    });
  }
  t.throws(() => plan({ host: REMOTE, transport: 'udp' }, [REMOTE]), { code: 'ERR_PORT_HOST' });
});

t.test('each step asks as the caller wishes', { skip: NO_IPV6 }, async (t) => {
  const wish = checkScan(80, { timeout: 5, concurrency: 7, reset: true });
  const all = { transports: ['tcp'], timeout: 5, concurrency: 7, reset: true };
  t.match(
    planScan(wish, []),
    [1, 2, 3].map(() => ({ ...all, skipIfDown: true })),
    'a loopback address that is down is no fault',
  );
  t.match(
    planScan(wish, ['127.0.0.1']),
    [1, 2].map(() => ({ ...all, skipIfDown: false })),
    'unless it was named',
  );
  t.match(planScan(checkScan(80, { transport: 'udp' }), []), [{ transports: ['udp'], reset: false }]);
});
