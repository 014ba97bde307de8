import t from 'tap';
import { PortSet } from '../../lib/ports/port-set';
import { checkScan } from '../../lib/scan/options';
import { scan, scanSync } from '../../lib/scan/scan';

t.test('what is not said has a usual value', async (t) => {
  t.match(checkScan('80-82', {}), {
    host: undefined,
    method: undefined,
    transport: 'tcp',
    timeout: 1000,
    concurrency: 2048,
  });
  t.strictSame(checkScan('80-82', {}).ports, new PortSet('80-82'));
});

t.test('times are rounded up to whole milliseconds, and may be endless', async (t) => {
  t.equal(checkScan(80, { timeout: 1.2 }).timeout, 2);
  t.equal(checkScan(80, { timeout: Infinity }).timeout, 2 ** 31 - 1);
});

const BAD: [string, unknown, unknown, { name: string; message: RegExp }][] = [
  ['port 0', 0, {}, { name: 'RangeError', message: /ports 0 is out of range/ }],
  ['port 70000', 70_000, {}, { name: 'RangeError', message: /ports 70000 / }],
  ['half a port', 1.5, {}, { name: 'RangeError', message: /ports 1\.5 / }],
  ['NaN', NaN, {}, { name: 'RangeError', message: /ports NaN / }],
  ['no number', 'abc', {}, { name: 'RangeError', message: /ports "abc" is not a port/ }],
  ['a range upside down', '90-80', {}, { name: 'RangeError', message: /ports 90-80 is empty/ }],
  ['no ports', [], {}, { name: 'RangeError', message: /ports must not be empty/ }],
  ['no list of ports', null, {}, { name: 'TypeError', message: /ports must be .* not null/ }],
  ['no options', 80, null, { name: 'TypeError', message: /options must be an object of options, not null/ }],
  ['an unknown method', 80, { method: 'syn' }, { name: 'RangeError', message: /method .* not "syn"/ }],
  [
    'connections of UDP',
    80,
    { transport: 'udp', method: 'connect' },
    { name: 'RangeError', message: /method for udp must be one of bind, table, not "connect"/ },
  ],
  ['an unknown transport', 80, { transport: 'sctp' }, { name: 'RangeError', message: /transport "sctp"/ }],
  ['concurrency 0', 80, { concurrency: 0 }, { name: 'RangeError', message: /concurrency 0 is out of range/ }],
  ['half a connection', 80, { concurrency: 1.5 }, { name: 'RangeError', message: /concurrency 1\.5 / }],
  ['one too many', 80, { concurrency: 65_536 }, { name: 'RangeError', message: /concurrency 65536 / }],
  ['a reset that is none', 80, { reset: 1 }, { name: 'TypeError', message: /^reset / }],
  ['too many connections', 80, { concurrency: 1e6 }, { name: 'RangeError', message: /concurrency 1000000 / }],
  [
    'no number of them',
    80,
    { concurrency: '9' },
    { name: 'TypeError', message: /concurrency must be .* "9"/ },
  ],
  ['no time', 80, { timeout: 0 }, { name: 'RangeError', message: /timeout 0 is out of range/ }],
  ['a time that is none', 80, { timeout: NaN }, { name: 'RangeError', message: /timeout NaN / }],
  ['a time in words', 80, { timeout: '1s' }, { name: 'TypeError', message: /timeout must be .* "1s"/ }],
  ['an empty host', 80, { host: '' }, { name: 'RangeError', message: /host must not be empty/ }],
  ['a host of another type', 80, { host: 7 }, { name: 'TypeError', message: /host must be .* not 7/ }],
];

t.test('bad arguments are refused by name and value', async (t) => {
  for (const [what, ports, options, error] of BAD) {
    await t.rejects(scan(ports as never, options as never), error, what);
    t.throws(() => scanSync(ports as never, options as never), error, `${what}, at once`);
  }
});

t.test('what watches a scan is checked too', async (t) => {
  const signal = { aborted: false };
  await t.rejects(scan(80, { signal: signal as never }), {
    name: 'TypeError',
    message: /signal must be an AbortSignal/,
  });
  await t.rejects(scan(80, { onProgress: 'yes' as never }), {
    name: 'TypeError',
    message: /onProgress must be a function, not "yes"/,
  });
});
