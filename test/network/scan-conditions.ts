import { readdirSync } from 'node:fs';
import t, { type Test } from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { selectRandomSync } from '../../lib/pick/pick';
import { PortSet } from '../../lib/ports/port-set';
import { checkScan } from '../../lib/scan/options';
import { planScan } from '../../lib/scan/plan';
import { portIsUsedSync } from '../../lib/scan/port-is-used';
import { type ScanResult, scan, scanSync } from '../../lib/scan/scan';
import { SPELLINGS_OF_ALL, SPELLINGS_OF_MAPPED } from '../support/addresses';
import { portFor, run } from '../support/command';
import { distPath } from '../support/dist';
import { buildFailCalls } from '../support/fail-calls';
import { filter, insideNamespace, NO_FILTER, sh } from '../support/inside-namespace';
import { setEphemeralRange, setUntilEnd, takeSourcePorts, turnIpv6Off } from '../support/kernel-settings';
import { listen, noIpv6 } from '../support/listen';
import { NOBODY } from '../support/privilege';
import { until } from '../support/program';

const CONNECT = { method: 'connect', host: '127.0.0.1' } as const;

/** The sets of a scan as text. */
function sets({ free, used, denied, filtered }: ScanResult): Record<string, string> {
  return { free: `${free}`, used: `${used}`, denied: `${denied}`, filtered: `${filtered}` };
}

/** Sets a rule of the packet filter until the test ends. `@asked` is a set of ports that it may add to. */
function rule(t: Test, hook: 'input' | 'output', rules: string, type = 'filter', name = 'test'): void {
  const chain = `chain rules { type ${type} hook ${hook} priority 0; ${rules}; }`;
  filter(`table inet ${name} { set asked { type inet_service; flags dynamic; size 65535; }; ${chain}; }`);
  t.teardown(() => sh('nft', 'delete', 'table', 'inet', name));
}

/** Accepts and drops whatever comes. */
async function accept(t: Test, host: string, port: number): Promise<void> {
  const server = await listen(t, host, port);
  server.on('connection', (socket) => socket.on('error', () => {}).destroy());
}

insideNamespace(__filename, () => {
  t.test('what a packet filter does to a port is told apart', { skip: NO_FILTER }, async (t) => {
    rule(t, 'input', 'tcp dport 7001 drop; tcp dport 7002 reject with tcp reset');
    const expected = { free: '7000,7002', used: '', denied: '', filtered: '7001' };
    for (const host of ['127.0.0.1', '::1']) {
      t.strictSame(sets(await scan('7000-7002', { method: 'connect', host, timeout: 100 })), expected, host);
    }
    t.strictSame(sets(await scan('7000-7002', { timeout: 100 })), expected, 'both');
    t.equal(`${scanSync('7000-7002', { method: 'bind' }).free}`, '7000-7002', 'bind');
  });

  t.test(
    'a loopback address that was missing is asked again when it is there',
    { skip: NO_FILTER || noIpv6() },
    async (t) => {
      const turnOn = setUntilEnd(t, 'ipv6/conf/all/disable_ipv6', '1');
      t.equal(selectRandomSync({ ports: 7100 }), 7100);
      turnOn();
      rule(t, 'input', 'ip6 daddr ::1 tcp dport 7100 drop');
      t.throws(() => selectRandomSync({ ports: 7100 }), { code: 'ERR_PORT_NONE_FREE' });
    },
  );

  t.test(
    'a port that may not be bound is denied, though a firewall drops it',
    { skip: NO_FILTER },
    async (t) => {
      rule(t, 'input', 'tcp dport 80 drop');
      setUntilEnd(t, 'ipv4/ip_unprivileged_port_start', '1024');
      process.seteuid?.(NOBODY);
      try {
        const found = sets(scanSync(80, { host: '127.0.0.1', timeout: 100 }));
        t.strictSame(found, { free: '', used: '', denied: '80', filtered: '' });
        t.throws(() => selectRandomSync({ ports: '80-81' }), { code: 'ERR_PORT_NONE_FREE', denied: 2 });
      } finally {
        process.seteuid?.(0);
      }
    },
  );

  t.test('a redirected port is bound by nobody and yet used', { skip: NO_FILTER }, async (t) => {
    rule(t, 'output', 'tcp dport 8080 redirect to :8081', 'nat');
    await accept(t, '127.0.0.1', 8081);
    for (const host of [undefined, '127.0.0.1', '::', 'localhost']) {
      t.strictSame(
        sets(await scan('8079-8082', { host })),
        { free: '8079,8082', used: '8080-8081', denied: '', filtered: '' },
        host ?? 'everywhere',
      );
    }
    t.equal(`${(await scan('8079-8082', { host: '0.0.0.0', method: 'connect' })).used}`, '8080-8081');
    t.equal(`${(await scan('8079-8082', { method: 'bind' })).used}`, '8081');
  });

  t.test('an address works whose ports 1 and 65535 a firewall drops', { skip: NO_FILTER }, async (t) => {
    rule(t, 'input', 'tcp dport { 1, 65535 } drop');
    await accept(t, '127.0.0.1', 8081);
    t.equal(`${(await scan('8080-8081', { method: 'connect' })).used}`, '8081');
  });

  t.test('what each thread of a scan found is put together', { skip: NO_FILTER }, async (t) => {
    // A thousand ports are a thread's share.
    rule(t, 'input', 'tcp dport 12000-15999 drop');
    const options = { method: 'connect', host: '127.0.0.1', timeout: 50 } as const;
    const silent = await scan('11000-16999', options);
    t.strictSame(sets(silent), {
      free: '11000-11999,16000-16999',
      used: '',
      denied: '',
      filtered: '12000-15999',
    });
    setUntilEnd(t, 'ipv4/ip_unprivileged_port_start', '30000');
    process.seteuid?.(NOBODY);
    const found = scanSync('1-31000', { method: 'bind' });
    process.seteuid?.(0);
    t.strictSame(sets(found), { free: '30000-31000', used: '', denied: '1-29999', filtered: '' });
  });

  t.test('a pick at :: asks by IPv4 too', { skip: NO_FILTER || noIpv6() }, async (t) => {
    rule(t, 'output', 'tcp dport 8080 redirect to :8081', 'nat');
    await accept(t, '127.0.0.1', 8081);
    for (const host of [undefined, '::']) {
      t.throws(() => selectRandomSync({ ports: 8080, host }), { code: 'ERR_PORT_NONE_FREE' }, `${host}`);
      t.equal(portIsUsedSync(8080, host), true, `${host}`);
    }
    t.equal(selectRandomSync({ ports: 8080, host: '::1' }), 8080);
  });

  t.test(
    'whatever sockets of IPv6 are by default, a port is used on all addresses',
    { skip: noIpv6() },
    async (t) => {
      setUntilEnd(t, 'ipv6/bindv6only', '1');
      const held = leaseSync({ host: '127.0.0.1' });
      t.equal(`${scanSync(held.port, { method: 'bind' }).used}`, `${held.port}`);
      t.throws(() => selectRandomSync({ ports: held.port }), { code: 'ERR_PORT_NONE_FREE' });
      held.release();
      const everywhere = leaseSync();
      t.equal(portIsUsedSync(everywhere.port, '127.0.0.1'), true);
      everywhere.release();
    },
  );

  t.test('ports of a host that nobody has the address of are unreachable', async (t) => {
    sh('ip', 'link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far');
    t.teardown(() => sh('ip', 'link', 'delete', 'near'));
    sh('ip', 'address', 'add', '10.5.0.1/24', 'dev', 'near');
    for (const end of ['near', 'far']) sh('ip', 'link', 'set', end, 'up');
    sh('ip', 'route', 'add', 'unreachable', '10.8.0.0/24');
    sh('ip', 'route', 'add', 'blackhole', '10.7.0.0/24');
    const result = await scan('7000-7002', { host: '10.8.0.1' });
    t.strictSame(sets(result), { free: '', used: '', denied: '', filtered: '7000-7002' });
    t.equal(`${result.unreachable}`, '7000-7002');
    const silent = await portFor(['--scan', '7000-7002', '--host', '10.5.0.9', '--timeout', '9']);
    t.strictSame({ code: silent.code, stdout: silent.stdout }, { code: 1, stdout: '' });
    t.match(silent.stderr, /10\.5\.0\.9 cannot be reached: no answer from 3 ports/);
    for (const host of ['10.8.0.1', '10.7.0.1', '10.4.0.1']) {
      const { code, stderr } = await portFor(['--scan', '7000-7002', '--host', host]);
      t.equal(code, 1);
      t.match(stderr, `this machine knows no way to "${host}"`);
    }
  });

  t.test('a firewall before some ports hides nothing of the others', { skip: NO_FILTER }, async (t) => {
    rule(t, 'input', 'tcp dport 32768-60999 tcp flags & (syn | ack) == syn drop');
    rule(t, 'output', 'tcp dport 8080 redirect to :8081', 'nat', 'redirects');
    await accept(t, '127.0.0.1', 8081);
    for (const method of ['both', 'connect'] as const) {
      t.equal(`${(await scan('8079-8082', { method })).used}`, '8080-8081', method);
    }
    t.equal(`${(await scan('40000', { timeout: 50 })).filtered}`, '40000');
  });

  t.test('a lost packet does not turn a port into a filtered one', { skip: NO_FILTER }, async (t) => {
    // Drops the first packet for each port: all that a scan asks the first time.
    const isFirst = 'tcp flags & (syn | ack) == syn tcp dport != @asked add @asked { tcp dport }';
    rule(t, 'input', `tcp dport 20000-21999 ${isFirst} drop`);
    const open = [20_000, 20_001, 21_000, 21_999];
    for (const port of open) await accept(t, '127.0.0.1', port);
    const { used, free, filtered } = await scan('20000-21999', { ...CONNECT, timeout: 200 });
    t.equal(`${used}`, `${new PortSet(open)}`);
    t.equal(free.size, 1996);
    t.equal(`${filtered}`, '');
  });

  t.test('a machine with hardly any source ports is scanned in whole', async (t) => {
    await accept(t, '127.0.0.1', 9000);
    for (const last of [50_009, 50_000]) {
      setEphemeralRange(t, 50_000, last);
      for (const options of [{}, CONNECT, { method: 'both', host: '127.0.0.1' } as const]) {
        const { used, free, filtered } = await scan('8100-19999', options);
        t.strictSame([`${used}`, free.size, `${filtered}`], ['9000', 11_899, ''], `up to ${last}`);
      }
    }
  });

  t.test('a machine without any source port is an error, no empty set', async (t) => {
    takeSourcePorts(t);
    const error = { code: 'ERR_PORT_SYSTEM', systemCode: 'EADDRNOTAVAIL', syscall: 'connect' };
    await t.rejects(scan('1-5000', CONNECT), error);
    t.throws(() => scanSync('1-5000', { host: '127.0.0.1' }), error);
    t.equal(scanSync('1-5000', { method: 'bind' }).free.size, 5000);
  });

  // Asked for here: before its loopback was up, the namespace had no ::1.
  const skip = noIpv6();

  t.test('where IPv6 is off, ports are asked by IPv4 alone', { skip }, async (t) => {
    turnIpv6Off(t);
    await accept(t, '0.0.0.0', 9100);
    const expected = { free: '9099,9101', used: '9100', denied: '', filtered: '' };
    for (const method of ['both', 'bind', 'connect', 'table'] as const) {
      t.strictSame(sets(await scan('9099-9101', { method })), expected, method);
      t.strictSame(sets(await scan('9099-9101', { method, host: 'localhost' })), expected, method);
    }
    for (const method of ['both', 'bind', 'connect', 'table'] as const) {
      await t.rejects(scan('9099-9101', { method, host: '::1' }), { code: 'ERR_PORT_HOST', host: '::1' });
    }
  });

  t.test('an address that there is no way to says nothing of a host’s other addresses', async (t) => {
    const wish = checkScan(80, { host: 'far.example', method: 'connect' });
    const hosts = (addresses: string[]) => planScan(wish, addresses).flatMap((step) => step.hosts);
    t.strictSame(hosts(['192.0.2.1', '127.0.0.1']), ['127.0.0.1']);
    t.strictSame(hosts(['192.0.2.1']), ['192.0.2.1']);
    const { filtered } = await scan('80-90', { host: '192.0.2.1' });
    t.equal(`${filtered}`, '80-90', 'no way at all');
  });

  t.test('a name of both loopbacks is asked by the one that is there', { skip }, async (t) => {
    turnIpv6Off(t);
    const steps = planScan(checkScan(80, { host: 'own-name' }), ['127.0.0.1', '::1']);
    t.strictSame(
      steps.map(({ method, hosts }) => [method, ...hosts]),
      [['connect', '127.0.0.1']],
    );
  });

  t.test('every spelling of all addresses means them', async (t) => {
    await accept(t, '127.0.0.1', 9300);
    for (const host of SPELLINGS_OF_ALL) {
      t.equal(`${(await scan('9299-9301', { host, method: 'connect' })).used}`, '9300', host);
      t.equal(portIsUsedSync(9300, host), true, host);
    }
  });

  t.test('an IPv4 address in IPv6 form means the IPv4 address', async (t) => {
    await accept(t, '127.0.0.1', 9310);
    const expected = { free: '9309,9311', used: '9310', denied: '', filtered: '' };
    for (const host of SPELLINGS_OF_MAPPED) {
      for (const method of ['both', 'bind', 'connect', 'table'] as const) {
        t.strictSame(sets(await scan('9309-9311', { host, method })), expected, `${host}, ${method}`);
      }
    }
    const host = '::ffff:203.0.113.1';
    await t.rejects(scan('9310', { host, method: 'bind' }), { code: 'ERR_PORT_HOST', host });
  });

  t.test('a connection that meets itself has no listener', async (t) => {
    // Only these two are source ports. No server had them, whose connections would linger there and make them none.
    setUntilEnd(t, 'ipv4/ip_local_port_range', '25000 25001');
    for (const host of ['127.0.0.1', '::1'])
      t.equal(`${(await scan('25000-25001', { host, method: 'connect' })).free}`, '25000-25001', host);
  });

  t.test('where everybody can bind any address, foreign ones are told all the same', async (t) => {
    sh('ip', 'address', 'add', '198.51.100.7/32', 'broadcast', '198.51.100.255', 'dev', 'lo');
    sh('ip', 'route', 'add', 'unreachable', '10.9.0.0/24');
    const countDescriptors = () => readdirSync('/proc/self/fd').length;
    const before = countDescriptors();
    for (const family of ['ipv4', 'ipv6']) setUntilEnd(t, `${family}/ip_nonlocal_bind`, '1');
    for (const host of ['198.51.100.8', '198.51.100.255', '203.0.113.1', '2001:db8::7', '10.9.0.1']) {
      t.throws(() => scanSync('9400', { host, method: 'bind' }), { code: 'ERR_PORT_HOST', host });
    }
    t.ok(await until(() => countDescriptors() <= before), 'none is left open');
    const program = `require(process.argv[1]).scan(9400, { host: '203.0.113.1', method: 'bind' }).catch(({ code }) => console.log(code))`;
    const { skip, failCalls } = buildFailCalls(t);
    if (skip === false) {
      const words = ['-e', program, distPath('index.js')];
      const interrupted = await run(process.execPath, words, failCalls('recv', 'EINTR', 1, 3));
      t.match(interrupted, { stdout: 'ERR_PORT_HOST\n', stderr: '' });
      const short = await run(process.execPath, words, failCalls('recv', 'ENOBUFS', 1, 1));
      t.match(short, { stdout: 'ERR_PORT_SYSTEM\n', stderr: '' });
    }
    for (const host of ['198.51.100.7', '127.0.0.1', '127.0.0.9', '::1', '0.0.0.0', '::']) {
      t.equal(`${(await scan('9400', { host, method: 'bind' })).free}`, '9400', host);
    }
  });

  t.test('without a loopback only binding tells', async (t) => {
    sh('ip', 'link', 'set', 'lo', 'down');
    t.teardown(() => sh('ip', 'link', 'set', 'lo', 'up'));
    t.equal(scanSync('9200-9299').free.size, 100);
    await t.rejects(scan('9200-9299', { method: 'connect' }), { code: 'ERR_PORT_HOST' });
    t.throws(() => portIsUsedSync(9200, '127.0.0.1'), {
      code: /ERR_PORT_(HOST|SYSTEM)/,
      message: /loopback interface|no address/,
    });
  });
});
