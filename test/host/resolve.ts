import { isIP } from 'node:net';
import t, { type Test } from 'tap';

type Resolve = typeof import('../../lib/host/resolve');
type Done = (error: Error | null, found?: object[]) => void;

/** The module with a resolver that knows `names`, and what that was asked. */
function withResolver(t: Test, names: Record<string, string[]>) {
  const asked: string[] = [];
  let answer: (() => void)[] = [];
  const lookup = (name: string, { family, all }: { family?: number; all?: boolean }, done: Done) => {
    asked.push(name);
    const found = names[name]
      ?.map((address) => ({ address, family: isIP(address) }))
      .filter((one) => !family || one.family === family)
      .slice(0, all ? undefined : 1);
    answer.push(() => (found ? done(null, found) : done(new Error(`getaddrinfo ENOTFOUND ${name}`))));
  };
  const resolve = t.mockRequire<Resolve>('../../lib/host/resolve', { 'node:dns': { lookup } });
  const answerAll = () => {
    const due = answer;
    answer = [];
    for (const tell of due) tell();
  };
  return { ...resolve, asked, answerAll };
}

t.test('a name has each of its addresses once, in its one spelling', async (t) => {
  const names = { db: ['127.0.0.1', '::ffff:127.0.0.1', '::1', '0:0:0:0:0:0:0:1'] };
  const { resolveNow, resolveOnceInTurn, answerAll } = withResolver(t, names);
  for (const resolve of [resolveNow, resolveOnceInTurn]) {
    const [found, missing] = [resolve('db'), resolve('nobody')];
    const failed = t.rejects(missing, { code: 'ERR_PORT_HOST', host: 'nobody', message: /ENOTFOUND nobody/ });
    answerAll();
    t.strictSame(await found, ['127.0.0.1', '::1']);
    answerAll();
    await failed;
  }
});

t.test('names are asked for in turn, one at a time, and each once', async (t) => {
  const { resolveInTurn, lookupsUnderWay, asked, answerAll } = withResolver(t, {});
  const told: string[] = [];
  for (const name of ['a', 'b', 'b', 'c']) resolveInTurn(name, () => told.push(name));
  const withdraw = resolveInTurn('d', () => told.push('d'));
  t.strictSame([asked, lookupsUnderWay()], [['a'], 1]);
  answerAll();
  t.strictSame([asked, told], [['a', 'b'], ['a']]);
  withdraw();
  for (let round = 0; round < 3; round++) answerAll();
  t.strictSame(asked, ['a', 'b', 'c']);
  t.strictSame(told, ['a', 'b', 'b', 'c']);
  t.equal(lookupsUnderWay(), 0);
});

t.test('who asks now does not queue behind those in turn', async (t) => {
  const { resolveInTurn, resolveNow, asked } = withResolver(t, {});
  for (const name of ['a', 'b']) resolveInTurn(name, () => {});
  resolveNow('c').catch(() => {});
  t.strictSame(asked, ['a', 'c']);
});
