import { rootCertificates } from 'node:tls';
import t from 'tap';
import { attemptTimeoutOf, checkUses, planWait, readStatus } from '../../lib/wait/options';
import { toTargets } from '../../lib/wait/target';

t.test('a try may take half a second, two with HTTP, a tenth for free, or what was asked for', (t) => {
  const times = (...words: Parameters<typeof planWait>) => {
    const plan = planWait(...words);
    return [attemptTimeoutOf(plan, false), attemptTimeoutOf(plan, true)];
  };
  t.strictSame(times('occupied', {}), [500, 2000]);
  t.strictSame(times('free', {}), [100, 100], 'nobody is asked by HTTP');
  t.strictSame(times('occupied', { attemptTimeout: 7 }), [7, 7]);
  t.end();
});

t.test('a plan has the default of what is not given', (t) => {
  const { accepts, tls, ...plan } = planWait('occupied', {});
  t.strictSame(plan, {
    state: 'occupied',
    timeout: Infinity,
    signal: undefined,
    attemptTimeout: undefined,
    steady: 0,
    headers: {},
    process: undefined,
    onAttempt: undefined,
  });
  t.strictSame(tls, { rejectUnauthorized: true });
  t.strictSame([199, 200, 299, 300].map(accepts), [false, true, true, false]);
  t.strictSame(planWait('free', { insecure: true, servername: 'a' }).tls, {
    rejectUnauthorized: false,
    servername: 'a',
  });
  t.end();
});

t.test('a status is a code, a range with both ends, or a list of such', (t) => {
  const accepted = (status: number | string) =>
    Array.from({ length: 500 }, (_, index) => index + 100).filter(readStatus(status));
  t.strictSame(accepted(204), [204]);
  t.strictSame(accepted('100, 598-599'), [100, 598, 599]);
  t.strictSame(accepted('301-303,301'), [301, 302, 303]);
  for (const bad of ['', '99', '600', '200-', '-200', '300-299', '2oo', '200;204'])
    t.throws(() => readStatus(bad), { code: 'ERR_PORT_INVALID_VALUE', message: /^status / }, bad);
  for (const bad of [99, 600, 200.5, Number.NaN])
    t.throws(() => readStatus(bad), { code: 'ERR_PORT_INVALID_VALUE' }, `${bad}`);
  for (const bad of [null, undefined, [200]])
    t.throws(() => readStatus(bad as never), { code: 'ERR_PORT_INVALID_TYPE' });
  t.end();
});

t.test('options that are none are refused by name', (t) => {
  for (const [options, message] of [
    [{ timeout: -1 }, /^timeout -1 is out of range: expected 0 to Infinity milliseconds$/],
    [{ attemptTimeout: 0 }, /^attemptTimeout 0 is out of range: expected 1 to/],
    [{ steady: -1 }, /^steady -1 is out of range/],
    [{ signal: {} }, /^signal must be an AbortSignal/],
    [{ onAttempt: 1 }, /^onAttempt must be a function/],
    [{ process: 0 }, /^process 0 is no process number/],
    [{ process: 2 ** 31 }, /^process 2147483648 is no/],
    [{ process: { pid: 1 } }, /^process must be a child process/],
    [{ process: { exitCode: 1 } }, /^process must be a child process/],
    [{ process: null }, /^process must be a child process/],
    [{ insecure: 1 }, /^insecure must be true or false/],
    [{ servername: 1 }, /^servername must be a string/],
    [{ headers: { a: 1 } }, /^header "a" must be a string/],
    [{ timeut: 1 }, /^unknown option "timeut": did you mean "timeout"\?$/],
  ] as const) {
    t.throws(() => planWait('occupied', options as never), { code: /^ERR_PORT_INVALID/, message });
  }
  for (const options of [{ timeout: 0 }, { attemptTimeout: 1 }, { process: 1 }, { process: 2 ** 31 - 1 }])
    t.doesNotThrow(() => planWait('occupied', options));
  t.end();
});

t.test('an option means something for one target at least, or there is none', async (t) => {
  const refusal = (options: object, ...targets: string[]) => {
    try {
      return checkUses(options, toTargets(targets));
    } catch (error) {
      return (error as Error).message;
    }
  };
  const http = 'is for targets that begin with http:// or https://: none of the targets does';
  const tls = 'is for targets that begin with http://, https:// or tls:: none of the targets does';
  for (const [option, value] of [
    ['status', 204],
    ['headers', {}],
  ] as const) {
    const options = { [option]: value };
    for (const target of ['a:1', 'tls:a:1', 'unix:/a'])
      t.equal(refusal(options, target), `${option} ${http}`);
    t.equal(refusal(options, 'a:1', 'http://a'), undefined);
    t.equal(refusal(options), undefined);
  }
  for (const [option, value] of [
    ['insecure', true],
    ['ca', 'PEM'],
    ['servername', 'a'],
  ] as const) {
    const options = { [option]: value };
    for (const target of ['a:1', 'unix:/a']) t.equal(refusal(options, target), `${option} ${tls}`);
    for (const target of ['tls:a:1', 'https://a']) t.equal(refusal(options, 'a:1', target), undefined);
    t.equal(refusal(options), undefined);
  }
  t.equal(refusal({ insecure: false, timeout: 1 }, 'a:1'), undefined);
});

t.test('headers are those that HTTP admits', async (t) => {
  const plan = (headers: object) => planWait('occupied', { headers: headers as never });
  t.strictSame(plan({ 'x-a': 'b c', accept: '' }).headers, { 'x-a': 'b c', accept: '' });
  for (const [name, value] of [
    ['x a', 'b'],
    ['', 'b'],
    ['x-a', 'b\nc'],
  ] as const)
    t.throws(() => plan({ [name]: value }), {
      name: 'RangeError',
      message: `header ${JSON.stringify(name)} with the value ${JSON.stringify(value)} is not one that HTTP admits`,
    });
  for (const none of [null, 'a: b', ['a: b']])
    t.throws(() => plan(none as never), { code: /^ERR_PORT_INVALID/ }, JSON.stringify(none));
});

t.test('every certificate of a list is read, whatever its kind', async (t) => {
  const [one = '', other = ''] = rootCertificates;
  const bad = (kind: string) => `-----BEGIN ${kind}-----\nAAAA\n-----END ${kind}-----\n`;
  const plan = (ca: unknown) => planWait('occupied', { ca: ca as string }).tls.ca;
  for (const ca of [one, `${one}\n${other}`, Buffer.from(one), [one, Buffer.from(other)]])
    t.equal(plan(ca), ca);
  for (const kind of ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'])
    for (const ca of [bad(kind), `${one}\n${bad(kind)}`, [one, bad(kind)], Buffer.from(bad(kind))])
      t.throws(() => plan(ca), {
        name: 'RangeError',
        message: /^ca holds a certificate that cannot be read: /,
      });
  for (const ca of ['', 'none', bad('PRIVATE KEY'), [one, '']])
    t.throws(() => plan(ca), { message: /^ca holds no certificate: expected PEM text/ });
  for (const ca of [1, null, {}, [one, 1]])
    t.throws(() => plan(ca), { name: 'TypeError', message: /^ca must be PEM text, or a list of such/ });
});
