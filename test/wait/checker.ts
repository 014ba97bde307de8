import { setImmediate as tick } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { Answer } from '../../lib/wait/answer';
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
  await t.rejects(checker.assertFree('localhost:80', undefined as never), {
    name: 'TypeError',
    message: /^port must be a number, not undefined/,
  });
  await t.rejects(checker.assertFree('localhost'), { message: 'target "localhost" is not HOST:PORT' });
  t.throws(() => new Checker({ timeout: 0 }), { message: 'timeout 0 is out of range' });
  t.throws(() => new Checker({ timeout: '1' as never }), TypeError);
  t.throws(() => new Checker(5 as never), TypeError);
});

/** A checker whose tries are answered by hand, and whether the socket table has a listener. */
function checkerByHand(t: Test, options: object, listening?: boolean) {
  const tries = new Map<string, { limit: number; answer: (answer: Answer) => void; cancelled: number }>();
  const spotOf = (_: unknown, address: string) => ({
    address,
    port: 1,
    dial: (limit: number, answer: (answer: Answer) => void) => {
      const tried = { limit, answer, cancelled: 0 };
      tries.set(address, tried);
      return { cancel: () => tried.cancelled++ };
    },
  });
  const asked: unknown[] = [];
  const { Checker } = t.mockRequire<typeof import('../../lib/wait/checker')>('../../lib/wait/checker', {
    '../../lib/host/local-address': {
      isListening: (...words: unknown[]) => {
        asked.push(words);
        return listening;
      },
    },
    '../../lib/host/resolve': { resolveOnceInTurn: async () => ['10.0.0.1', '10.0.0.2', '::'] },
    '../../lib/wait/spot': { spotOf },
  });
  let outcome: unknown = 'pending';
  const start = async (target: string) => {
    new Checker(options).assertFree(target).then(
      () => {
        outcome = 'free';
      },
      (error: unknown) => {
        outcome = error;
      },
    );
    await tick();
    return [...tries.keys()];
  };
  const answer = async (address: string, verdict: Answer['verdict'], reason = '') => {
    tries.get(address)?.answer({ verdict, reason });
    await tick();
    return outcome;
  };
  return { start, answer, asked, tries: () => [...tries.values()] };
}

t.test('a host is free when each of its addresses has refused or stayed silent', async (t) => {
  const { start, answer, tries, asked } = checkerByHand(t, { timeout: 70 });
  t.strictSame(await start('app:1'), ['10.0.0.1', '10.0.0.2', '::1'], 'as a client asks');
  t.match(tries(), [{ limit: 70 }, { limit: 70 }, { limit: 70 }]);
  t.equal(await answer('10.0.0.2', 'closed'), 'pending');
  t.equal(await answer('10.0.0.1', 'silent'), 'pending');
  t.equal(await answer('::1', 'closed'), 'free');
  t.strictSame(asked, [['10.0.0.1', 1]], 'the table is asked about silence alone');
});

t.test('silence is no proof where the socket table has a listener', async (t) => {
  for (const [listening, expected] of [
    [true, { code: 'ERR_PORT_NOT_FREE', address: '127.0.0.1' }],
    [false, 'free'],
    [undefined, 'free'],
  ] as const) {
    const { start, answer } = checkerByHand(t, {}, listening);
    await start('127.0.0.1:1');
    t.match(await answer('127.0.0.1', 'silent'), expected, `${listening}`);
  }
});

t.test('a try that could not be made is told as what it is', async (t) => {
  const { start, answer, tries } = checkerByHand(t, {});
  await start('app:1');
  t.match(await answer('10.0.0.2', 'unknown', 'EMFILE'), {
    code: 'ERR_PORT_SYSTEM',
    message: /^EMFILE/,
  });
  t.match(tries(), [{ cancelled: 1 }, { cancelled: 1 }, { cancelled: 1 }]);
});

t.test('an answer that decides ends the tries of the other addresses', async (t) => {
  const { start, answer, tries } = checkerByHand(t, {});
  await start('app:1');
  t.match(await answer('10.0.0.2', 'ready'), { code: 'ERR_PORT_NOT_FREE', address: '10.0.0.2', host: 'app' });
  t.match(tries(), [{ cancelled: 1 }, { cancelled: 1 }, { cancelled: 1 }]);
});

t.test('a Unix socket is checked by its path', async (t) => {
  const { start, answer } = checkerByHand(t, {});
  t.strictSame(await start('unix:/run/app.sock'), ['/run/app.sock']);
  t.match(await answer('/run/app.sock', 'ready'), {
    code: 'ERR_PORT_NOT_FREE',
    message: 'unix:/run/app.sock is in use.',
  });
});
