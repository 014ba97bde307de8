import t from 'tap';
import { Checker } from '../../lib/wait/checker';
import { HOSTS, listen, portOf, reservePort } from '../support/listen';

for (const host of HOSTS) {
  t.test(
    `a port that nobody listens on at ${host} passes, and one that somebody listens on does not`,
    async (t) => {
      const port = reservePort(t);
      const checker = new Checker();
      for (const name of [host, 'localhost']) await checker.assertFree(name, port);
      const server = await listen(t, host, port);
      for (const name of [host, 'localhost']) {
        await t.rejects(checker.assertFree(name, port), {
          name: 'PortNotFreeError',
          code: 'ERR_PORT_NOT_FREE',
          message: `Port ${port} is in use on ${name}.`,
        });
        const error = await checker.assertFree(name, port).catch((error: unknown) => error);
        t.match(error, {
          host: name,
          port,
          address: host.includes(':') || name !== host ? /./ : '127.0.0.1',
        });
      }
      await t.rejects(checker.assertFree({ host, port: portOf(server) }), { code: 'ERR_PORT_NOT_FREE' });
    },
  );
}

t.test('a target can be given in each form', async (t) => {
  const port = reservePort(t);
  const checker = new Checker({ timeout: 200 });
  t.equal(checker.timeout, 200);
  for (const target of [`127.0.0.1:${port}`, ['127.0.0.1', port], { host: '127.0.0.1', port }] as const) {
    await checker.assertFree(target);
  }
});

t.test('bad arguments are refused', async (t) => {
  const checker = new Checker();
  t.equal(checker.timeout, 1000);
  await t.rejects(checker.assertFree('', 80), { message: "Host values of '' or null are not allowed." });
  await t.rejects(checker.assertFree(null as never, 80), RangeError);
  await t.rejects(checker.assertFree('localhost', 0), RangeError);
  await t.rejects(checker.assertFree('localhost'), { message: 'target "localhost" is not HOST:PORT' });
  t.throws(() => new Checker({ timeout: 0 }), { message: 'timeout 0 is out of range' });
  t.throws(() => new Checker({ timeout: '1' as never }), TypeError);
  t.throws(() => new Checker(5 as never), TypeError);
});

t.test('an answer that decides ends the tries of the other addresses', async (t) => {
  const cancelled: string[] = [];
  const spotOf = (_: unknown, address: string) => ({
    address,
    port: 1,
    dial: (_: number, done: (answer: object) => void) => {
      if (address === '::1') setImmediate(done, { verdict: 'ready', reason: '' });
      return { cancel: () => cancelled.push(address) };
    },
  });
  const { Checker } = t.mockRequire<typeof import('../../lib/wait/checker')>('../../lib/wait/checker', {
    '../../lib/wait/spot': { spotOf },
  });
  await t.rejects(new Checker().assertFree('localhost', 1), { code: 'ERR_PORT_NOT_FREE', address: '::1' });
  t.ok(cancelled.includes('127.0.0.1'));
});
