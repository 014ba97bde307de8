import { EventEmitter } from 'node:events';
import t from 'tap';
import type { Answer, Attempt } from '../../lib/wait/answer';
import type { Demands, Place } from '../../lib/wait/attempt';
import { stopTime } from '../support/stopped-time';

const FAR: Place = { host: '192.0.2.1', port: 7000 };
const NEAR: Place = { host: '127.0.0.1', port: 7000 };
const UNIX: Place = { path: '/run/a.sock' };

/** A socket whose connection is made by hand, between the addresses of the test. */
class Connection extends EventEmitter {
  localAddress: string | undefined = '127.0.0.1';
  localPort: number | undefined = 50_000;
  remoteAddress: string | undefined = '127.0.0.1';
  remotePort: number | undefined = 7000;
  place: unknown;
  isReset = false;
  isDestroyed = false;

  connect(place: unknown) {
    this.place = place;
    made.push(this);
    return this;
  }

  resetAndDestroy() {
    this.isReset = true;
  }

  destroy() {
    this.isDestroyed = true;
  }

  fail(code: string | undefined, message = 'it failed') {
    this.emit('error', Object.assign(new Error(message), code === undefined ? {} : { code }));
  }
}

const made: Connection[] = [];
let hungUp: [connection: unknown, isNear: boolean | undefined][] = [];
let polite: unknown[] = [];
let rooms = 0;
let hasRoom = true;
let hasRoute = true;

const { attempt, isOwnTrouble } = t.mockRequire<typeof import('../../lib/wait/attempt')>(
  '../../lib/wait/attempt',
  {
    'node:net': { Socket: Connection },
    'node:tls': { connect: (place: unknown) => new Connection().connect(place) },
    '../../lib/machine/unix-socket': { connectUnix: (path: string) => new Connection().connect(path) },
    '../../lib/host/local-address': {
      isLocalAddress: (address: string) => address.startsWith('127.'),
      hasRoute: () => hasRoute,
    },
    '../../lib/wait/hang-up': {
      hangUp: (...words: [unknown, boolean?]) => hungUp.push([words[0], words[1]]),
      destroyPolitely: (socket: unknown) => polite.push(socket),
      makeRoom: () => rooms++,
      prepareHangUp: () => {},
      whenRoom: (begin: () => Attempt) => (hasRoom ? begin() : { cancel: () => {} }),
    },
  },
);

/** An attempt on a connection that is made by hand, with what it was answered. */
async function begin(place: Place, limit = 1000, demands?: Demands) {
  hungUp = [];
  polite = [];
  rooms = 0;
  const answers: Answer[] = [];
  const tried = attempt(place, limit, (answer) => answers.push(answer), demands);
  const connection = made.pop();
  if (connection === undefined) throw new Error('no connection is made');
  await new Promise<void>((resolve) => process.nextTick(resolve));
  return { connection, answers, cancel: tried.cancel, lastsSince: () => tried.lastsSince };
}

const READY = [{ verdict: 'ready', reason: '' }];

t.test('an error before the connection is made is the answer', async (t) => {
  stopTime(t);
  for (const [place, code, verdict, roomsMade] of [
    [FAR, 'ECONNREFUSED', 'closed', 0],
    [FAR, 'EHOSTUNREACH', 'closed', 0],
    [FAR, 'ETIMEDOUT', 'silent', 0],
    [FAR, 'EMFILE', 'unknown', 1],
    [FAR, 'ENFILE', 'unknown', 0],
    [FAR, 'ENOBUFS', 'unknown', 0],
    [FAR, 'ENOMEM', 'unknown', 0],
    [UNIX, 'EAGAIN', 'unknown', 0],
    [FAR, 'EADDRNOTAVAIL', 'unknown', 0],
    [UNIX, 'ENOENT', 'closed', 0],
  ] as const) {
    const { connection, answers } = await begin(place);
    connection.fail(code);
    connection.emit('close');
    t.strictSame(answers, [{ verdict, reason: code }], code);
    t.equal(rooms, roomsMade, code);
    t.strictSame(hungUp, [[connection, place === UNIX]]);
  }
  const reset = await begin(FAR);
  reset.connection.fail('ECONNRESET');
  t.strictSame(reset.answers, READY, 'who resets is there');
  const nameless = await begin(FAR);
  nameless.connection.fail(undefined, 'odd');
  t.strictSame(nameless.answers, [{ verdict: 'closed', reason: 'odd' }]);
});

t.test('an address that this machine has no way to is closed, not unknown', async (t) => {
  stopTime(t);
  t.teardown(() => {
    hasRoute = true;
  });
  t.equal(isOwnTrouble('EADDRNOTAVAIL', FAR), true);
  hasRoute = false;
  t.equal(isOwnTrouble('EADDRNOTAVAIL', FAR), false);
  t.equal(isOwnTrouble('EADDRNOTAVAIL', UNIX), false);
  t.equal(isOwnTrouble(undefined, FAR), false);
  const { connection, answers } = await begin(FAR);
  connection.fail('EADDRNOTAVAIL');
  t.strictSame(answers, [{ verdict: 'closed', reason: 'EADDRNOTAVAIL' }]);
});

t.test('a connection that met itself is reset, and nobody’s', async (t) => {
  stopTime(t);
  const itself = await begin(NEAR);
  itself.connection.localPort = 7000;
  itself.connection.emit('connect');
  t.strictSame(itself.answers, [{ verdict: 'closed', reason: 'the port answered itself' }]);
  t.strictSame([itself.connection.isReset, hungUp], [true, []]);
  for (const other of [
    { localPort: 7000, localAddress: '127.0.0.2' },
    { localPort: 50_000 },
    { localPort: undefined, remotePort: undefined, localAddress: undefined, remoteAddress: undefined },
  ]) {
    const { connection, answers } = await begin(NEAR);
    Object.assign(connection, other).emit('connect');
    t.strictSame(answers, READY);
    t.equal(connection.isReset, false);
    t.strictSame(hungUp, [[connection, true]]);
  }
});

t.test('no answer in time is silence, and the connection speaks before the timer', async (t) => {
  const { pass, timers } = stopTime(t);
  const silent = await begin(FAR, 50);
  pass(49);
  t.strictSame(silent.answers, []);
  pass(1);
  t.strictSame(silent.answers, [{ verdict: 'silent', reason: 'no answer within 50 ms' }]);
  t.strictSame(hungUp, [[silent.connection, false]]);
  silent.connection.emit('connect');
  t.equal(silent.answers.length, 1, 'one answer is given');

  const late = await begin(FAR, 50);
  const [timer] = timers;
  timers.clear();
  timer?.call();
  late.connection.emit('connect');
  pass(0);
  t.strictSame(late.answers, READY, 'what came in together with the timer counts');
});

t.test('a limit may be none, or longer than a timer can be', async (t) => {
  const { timers } = stopTime(t);
  for (const [limit, delay] of [
    [-5, 1],
    [0, 1],
    [2 ** 40, 2 ** 31 - 1],
    [Infinity, 2 ** 31 - 1],
  ] as const) {
    timers.clear();
    const { cancel } = await begin(FAR, limit);
    t.strictSame(
      [...timers].map(({ at }) => at),
      [delay],
    );
    cancel();
    t.equal(timers.size, 0);
  }
});

t.test('a cancelled attempt gives no answer; before its first tick nothing is to be ended', async (t) => {
  stopTime(t);
  const answers: Answer[] = [];
  hungUp = [];
  attempt(FAR, 1000, (answer) => answers.push(answer)).cancel();
  const connection = made.pop();
  t.strictSame([connection?.isDestroyed, hungUp], [true, []]);
  const begun = await begin(FAR);
  begun.cancel();
  begun.cancel();
  t.strictSame([begun.connection.isDestroyed, hungUp], [false, [[begun.connection, false]]]);
  begun.connection.emit('connect');
  begun.connection.fail('ECONNREFUSED');
  t.strictSame([answers, begun.answers], [[], []]);
});

t.test('an attempt waits for room', async (t) => {
  t.teardown(() => {
    hasRoom = true;
  });
  hasRoom = false;
  attempt(FAR, 1000, () => {}).cancel();
  t.strictSame(made, []);
});

t.test('a connection has to last as long as is demanded, unless the server speaks', async (t) => {
  const { pass, timers } = stopTime(t);
  const demands: Demands = { steady: 200, tls: undefined };
  const lasting = await begin(FAR, 50, demands);
  pass(10);
  t.equal(lasting.lastsSince(), undefined);
  lasting.connection.emit('connect');
  t.equal(lasting.lastsSince(), performance.now());
  pass(199);
  t.strictSame(lasting.answers, [], 'the limit is for the connection alone');
  pass(1);
  t.strictSame(lasting.answers, READY);

  const speaking = await begin(FAR, 50, demands);
  speaking.connection.emit('connect');
  speaking.connection.emit('data');
  speaking.connection.emit('end');
  t.strictSame(speaking.answers, READY);

  for (const event of ['end', 'close'] as const) {
    const { connection, answers } = await begin(FAR, 50, demands);
    connection.emit('connect');
    pass(30);
    connection.emit(event);
    t.strictSame(answers, [{ verdict: 'unready', reason: 'closed the connection after 30 ms' }], event);
  }
  const broken = await begin(FAR, 50, demands);
  broken.connection.emit('connect');
  broken.connection.fail('ECONNRESET');
  t.strictSame(broken.answers, [{ verdict: 'unready', reason: 'ECONNRESET' }]);
  const nameless = await begin(FAR, 50, demands);
  nameless.connection.emit('connect');
  nameless.connection.fail(undefined, 'odd');
  t.strictSame(nameless.answers, [{ verdict: 'unready', reason: 'odd' }]);
  t.equal(timers.size, 0);

  const endless = await begin(FAR, 50, { ...demands, steady: Infinity });
  endless.connection.emit('connect');
  t.strictSame(
    [...timers].map(({ at }) => at - performance.now()),
    [2 ** 31 - 1],
  );
  endless.cancel();
});

t.test('a TLS connection is ready after its handshake', async (t) => {
  const { pass } = stopTime(t);
  const demands: Demands = { steady: 0, tls: { servername: 'app.test' } };
  const { connection, answers } = await begin(FAR, 50, demands);
  t.strictSame(connection.place, { servername: 'app.test', ...FAR });
  t.strictSame(polite, [connection], 'it is not reset either');
  connection.emit('connect');
  t.strictSame(answers, []);
  connection.emit('secureConnect');
  t.strictSame(answers, READY);
  const mute = await begin(FAR, 50, demands);
  mute.connection.emit('connect');
  pass(50);
  t.strictSame(mute.answers, [{ verdict: 'unready', reason: 'the TLS handshake was not finished in time' }]);
});

t.test('a Unix socket is dialled by its path, a port by its address', async (t) => {
  stopTime(t);
  for (const [place, dialled] of [
    [UNIX, '/run/a.sock'],
    [NEAR, { host: '127.0.0.1', port: 7000 }],
  ] as const) {
    const { connection, cancel } = await begin(place);
    t.strictSame(connection.place, dialled);
    cancel();
  }
});
