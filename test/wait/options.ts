import t from 'tap';
import { attemptTimeoutOf, planWait, readStatus } from '../../lib/wait/options';

t.test('a try may take half a second, two with HTTP, a tenth for free, or what was asked for', (t) => {
  const times = (...words: Parameters<typeof planWait>) => {
    const plan = planWait(...words);
    return [attemptTimeoutOf(plan, false), attemptTimeoutOf(plan, true)];
  };
  t.strictSame(times('occupied', {}), [500, 2000]);
  t.equal(times('free', {})[0], 100);
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
