import t from 'tap';
import type { WaitAttempt } from '../../lib/wait/options';
import { close, listen, NO_IPV6, portOf, reservePort } from '../support/listen';

type Told = readonly string[] | Error;
type Done = (error: Error | null, found?: object[]) => void;

/** What the resolver tells of a name: one answer after the other, and the last one again and again. */
const answers = new Map<string, { told: Told[]; delay: number }>();
const asked: string[] = [];
const askedFor: unknown[] = [];
let underWay = 0;
let mostUnderWay = 0;

function lookup(name: string, options: unknown, done: Done): void {
  asked.push(name);
  askedFor.push(options);
  mostUnderWay = Math.max(mostUnderWay, ++underWay);
  const { told, delay } = answers.get(name) ?? { told: [notFound(name)], delay: 0 };
  const next = (told.length > 1 ? told.shift() : told[0]) ?? [];
  setTimeout(() => {
    underWay--;
    if (next instanceof Error) done(next);
    else
      done(
        null,
        next.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
  }, delay);
}

function notFound(name: string): Error {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
}

let names = 0;

/** A name of its own that the resolver tells `told` of. */
function nameFor(told: Told[], delay = 0): string {
  const name = `db${++names}`;
  answers.set(name, { told, delay });
  return name;
}

const mocks = { 'node:dns': { lookup } };
const { free, occupied } = t.mockRequire<typeof import('../../lib/wait/wait')>('../../lib/wait/wait', mocks);
const { Checker } = t.mockRequire<typeof import('../../lib/wait/checker')>('../../lib/wait/checker', mocks);

t.test('a name counts for all its addresses', { skip: NO_IPV6 }, async (t) => {
  const db = nameFor([['127.0.0.1', '::1']]);
  for (const host of ['127.0.0.1', '::1']) {
    const server = await listen(t, host);
    const target = { host: db, port: portOf(server) };
    await occupied(target);
    await t.rejects(free(target, { timeout: 0 }), { code: 'ERR_PORT_TIMEOUT' });
    await close(server);
    await free(target);
    await t.rejects(occupied(target, { timeout: 0 }), { message: `Port ${target.port} not bound on ${db}.` });
  }
});

t.test('a name that appears late is waited for', async (t) => {
  const db = nameFor([notFound('it'), notFound('it'), ['127.0.0.1']]);
  const server = await listen(t, '127.0.0.1');
  const attempts: WaitAttempt[] = [];
  await occupied(db, portOf(server), { onAttempt: (attempt) => attempts.push(attempt) });
  t.match(attempts, [
    { target: { host: db }, address: undefined, accepted: false, reason: 'getaddrinfo ENOTFOUND it' },
    { address: undefined },
    { address: '127.0.0.1', accepted: true },
  ]);
});

t.test('a name that never resolves leaves what the resolver said in the timeout error', async (t) => {
  await t.rejects(occupied('db', 80, { timeout: 30 }), {
    code: 'ERR_PORT_TIMEOUT',
    message: 'Port 80 not bound on db: getaddrinfo ENOTFOUND db.',
    cause: { code: 'ENOTFOUND' },
  });
  const port = reservePort(t);
  await t.rejects(occupied([`127.0.0.1:${port}`, 'db:80'], { timeout: 0 }), {
    message: `2 of 2 ports not bound: 127.0.0.1:${port}, db:80 (getaddrinfo ENOTFOUND db).`,
  });
});

t.test('a port of a name that does not resolve is not called free', async (t) => {
  const unknown = {
    name: 'HostError',
    code: 'ERR_PORT_HOST',
    message: 'host "db" does not resolve: getaddrinfo ENOTFOUND db',
    cause: { code: 'ENOTFOUND' },
  };
  await t.rejects(free('db', 80), unknown);
  await t.rejects(free(['127.0.0.1:1', 'db:80']), unknown);
  await t.rejects(new Checker().assertFree('db', 80), unknown);
});

t.test('a name that disappears while its port is waited for keeps its last addresses', async (t) => {
  const db = nameFor([['127.0.0.1'], notFound('it')]);
  const server = await listen(t, '127.0.0.1');
  const wait = free(db, portOf(server));
  setTimeout(() => server.close(), 1500);
  await wait;
});

t.test(
  'a service that moves to another address while it is waited for is found there',
  { skip: NO_IPV6 },
  async (t) => {
    const db = nameFor([['127.0.0.1'], ['::1']]);
    const server = await listen(t, '::1');
    await occupied(db, portOf(server));
  },
);

t.test('many waits for one name share its lookups', async (t) => {
  const db = nameFor([['127.0.0.1']], 20);
  const server = await listen(t, '127.0.0.1');
  await Promise.all(Array.from({ length: 50 }, () => occupied(db, portOf(server))));
  t.strictSame(
    asked.filter((name) => name === db),
    [db],
  );
});

t.test('no more than one lookup is under way at a time, so that others find a thread', async (t) => {
  const many = Array.from({ length: 30 }, () => nameFor([['127.0.0.1']], 1));
  const server = await listen(t, '127.0.0.1');
  await occupied(many.map((host) => ({ host, port: portOf(server) })));
  t.equal(mostUnderWay, 1);
});

t.test('a lookup without an answer does not hold up the time limit', async (t) => {
  const db = nameFor([['127.0.0.1']], 1000);
  const port = reservePort(t);
  await t.rejects(occupied(db, port, { timeout: 50 }), { code: 'ERR_PORT_TIMEOUT' });
  await t.rejects(free(db, port, { timeout: 0 }), { code: 'ERR_PORT_TIMEOUT' });
});

t.test('addresses and localhost are never looked up', async (t) => {
  const before = asked.length;
  const port = reservePort(t);
  await free(
    ['127.0.0.1', '0.0.0.0', '::1', '::', '::ffff:127.0.0.1', 'localhost'].map((host) => ({ host, port })),
  );
  t.strictSame(asked.length, before);
});

t.test('the resolver is asked for all addresses, of both families', async (t) => {
  await t.rejects(occupied(nameFor([notFound('it')]), 80, { timeout: 0 }));
  t.strictSame(
    askedFor.filter((options) => JSON.stringify(options) !== '{"all":true}'),
    [],
  );
});
