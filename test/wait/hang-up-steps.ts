import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import t, { type Test } from 'tap';
import type { Attempt } from '../../lib/wait/answer';
import { destroyPolitely } from '../../lib/wait/hang-up';
import { stopTime } from '../support/stopped-time';

/** A connection of which one sees what is done with it. */
class Connection extends EventEmitter {
  destroyed = false;
  isRef = true;
  isRead = false;
  ends = 0;
  idle: { ms: number; call: () => void } | undefined;

  constructor(
    readonly _handle: { readonly fd: number } | null,
    public connecting = false,
  ) {
    super();
  }

  ref() {
    this.isRef = true;
  }

  unref() {
    this.isRef = false;
  }

  end() {
    this.ends++;
    return this;
  }

  resume() {
    this.isRead = true;
  }

  setTimeout(ms: number, call: () => void) {
    this.idle = { ms, call };
  }

  connect() {
    this.connecting = false;
    this.emit('connect');
  }

  destroy() {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }
}

/** The module with an addon that tells what it is asked, in a process that may open few files. */
function load(t: Test, { isMainThread = true, left = 0 } = {}) {
  const told: unknown[] = [];
  const addon = {
    descriptorsLeft: () => left,
    hangUp: (fds: number[], ms: number) => told.push({ fds, ms }),
    hangUpBehind: (fd: number) => told.push(fd),
  };
  const hangUps = t.mockRequire<typeof import('../../lib/wait/hang-up')>('../../lib/wait/hang-up', {
    '../../lib/addon/optional-addon': { optionalAddon: () => addon },
    ...(isMainThread ? {} : { 'node:worker_threads': { isMainThread } }),
  });
  let fds = 10;
  const hangUp = (connecting = false, isNear = false, handle: Connection['_handle'] = { fd: fds++ }) => {
    const connection = new Connection(handle, connecting);
    hangUps.hangUp(connection as unknown as Socket, isNear);
    return connection;
  };
  const endAgain = (connection: Connection) => hangUps.hangUp(connection as unknown as Socket);
  return { ...hangUps, hangUp, endAgain, told };
}

/** What a process that exits now does with the connections. */
function exit(told: unknown[]): unknown[] {
  const before = told.length;
  process.listeners('exit').at(-1)?.(0);
  return told.slice(before);
}

t.test('the end of a stream comes after the answer, and what the server says is read', (t) => {
  const { pass, timers } = stopTime(t);
  const { hangUp } = load(t);
  const connection = hangUp();
  t.equal(connection.ends, 0);
  pass(0);
  t.strictSame([connection.ends, connection.isRead, connection.isRef], [1, true, true]);
  connection.destroy();
  t.equal(timers.size, 0);
  t.end();
});

t.test('a connection is ended once, and one that is closed not at all', (t) => {
  const { pass } = stopTime(t);
  const { hangUp, endAgain } = load(t);
  const before = process.listenerCount('exit');
  const connection = hangUp();
  const other = hangUp();
  endAgain(connection);
  t.equal(process.listenerCount('exit'), before + 1, 'one listener for all');
  pass(0);
  t.equal(connection.ends, 1);
  connection.destroy();
  t.equal(process.listenerCount('exit'), before + 1);
  other.destroy();
  t.equal(process.listenerCount('exit'), before);
  endAgain(connection);
  t.equal(process.listenerCount('exit'), before);
  const doomed = hangUp();
  doomed.destroy();
  pass(0);
  t.equal(doomed.ends, 0);
  t.end();
});

t.test('the process stays half a second for a silent server, five for one that speaks', (t) => {
  const { pass, timers } = stopTime(t);
  const { hangUp } = load(t);
  const silent = hangUp();
  const talker = hangUp();
  pass(0);
  t.equal(silent.idle?.ms, 500);
  silent.idle?.call();
  t.strictSame([silent.isRef, silent.destroyed], [false, false]);
  pass(4999);
  t.equal(talker.isRef, true);
  pass(1);
  t.equal(talker.isRef, false);
  for (const timer of timers) t.equal(timer.isRef, false, 'no timer keeps the process alive');
  pass(54_999);
  t.equal(talker.destroyed, false);
  pass(1);
  t.equal(talker.destroyed, true, 'after a minute');
  t.equal(silent.destroyed, true);
  t.equal(timers.size, 0);
  t.end();
});

t.test('an attempt without an answer is waited for a moment, longer where it is near', (t) => {
  const { pass, timers } = stopTime(t);
  const { hangUp, told } = load(t);
  const far = hangUp(true);
  const near = hangUp(true, true);
  pass(0);
  t.strictSame([far.isRef, near.isRef], [false, true]);
  for (const timer of timers) t.equal(timer.isRef, false);
  t.strictSame(exit(told), [{ fds: [11], ms: 100 }], 'the process owes the far one nothing');
  pass(100);
  t.equal(near.isRef, false);
  t.strictSame(exit(told), [{ fds: [], ms: 100 }]);
  far.connect();
  t.equal(far.isRef, true, 'a connection that was made after all is owed an end');
  t.strictSame(exit(told), [{ fds: [10], ms: 100 }]);
  pass(399);
  t.equal(near.destroyed, false);
  pass(1);
  t.strictSame([near.destroyed, far.destroyed], [true, false]);
  far.destroy();
  const refused = hangUp(true);
  pass(0);
  refused.destroy();
  t.equal(timers.size, 0);
  t.end();
});

t.test('a near connection that was made in time is stayed for as any other', (t) => {
  const { pass } = stopTime(t);
  const { hangUp } = load(t);
  const near = hangUp(true, true);
  pass(0);
  near.connect();
  pass(500);
  t.strictSame([near.isRef, near.destroyed], [true, false]);
  near.destroy();
  t.end();
});

t.test('a connection that is made when its time is up is not given up', (t) => {
  const { pass, timers } = stopTime(t);
  const { hangUp } = load(t);
  const far = hangUp(true);
  pass(0);
  // A busy event loop finds both due, and runs the timer first.
  for (const timer of [...timers].filter(({ at }) => at === 500)) {
    timers.delete(timer);
    timer.call();
  }
  far.connect();
  pass(500);
  t.equal(far.destroyed, false);
  far.destroy();
  t.end();
});

t.test('at its exit a process ends what it owes an end, where there is a descriptor', (t) => {
  const { pass } = stopTime(t);
  const { hangUp, told } = load(t);
  const connections = [hangUp(), hangUp(), hangUp(), hangUp(false, false, null)];
  pass(0);
  connections[1]?.idle?.call();
  t.strictSame(exit(told), [{ fds: [10, 12], ms: 100 }]);
  connections[0]?.destroy();
  t.strictSame(exit(told), [{ fds: [12], ms: 100 }], 'for as long as one is left');
  for (const connection of connections) connection.destroy();
  t.end();
});

t.test('outside the main thread the addon holds on to each connection', (t) => {
  const { pass } = stopTime(t);
  const { hangUp, told } = load(t, { isMainThread: false });
  const connections = [hangUp(), hangUp(false, false, null)];
  pass(0);
  t.strictSame(told, [10]);
  for (const connection of connections) connection.destroy();
  t.end();
});

t.test('room is made by the oldest connection that nobody stays for, else by the oldest', (t) => {
  const { pass } = stopTime(t);
  const { hangUp, makeRoom } = load(t);
  const [one, two, three] = [hangUp(), hangUp(), hangUp()];
  pass(0);
  two.idle?.call();
  const destroyed = () => [one, two, three].map((connection) => connection.destroyed);
  // Closed it is a moment later: by then it is nobody's choice any more.
  two.removeAllListeners('close');
  makeRoom();
  t.strictSame(destroyed(), [false, true, false]);
  makeRoom();
  t.strictSame(destroyed(), [true, true, false]);
  makeRoom();
  makeRoom();
  t.strictSame(destroyed(), [true, true, true]);
  t.end();
});

/** Attempts that count how many of them have begun. */
function counter() {
  const counts = { begun: 0, cancelled: 0 };
  const begin = (): Attempt => {
    counts.begun++;
    return { cancel: () => counts.cancelled++ };
  };
  return { counts, begin };
}

t.test('with a thousand connections that end, attempts wait for room, in turn', (t) => {
  const { pass, timers } = stopTime(t);
  const { hangUp, whenRoom } = load(t);
  const connections = Array.from({ length: 999 }, () => hangUp());
  const { counts, begin } = counter();
  whenRoom(begin);
  t.equal(counts.begun, 1);
  connections.push(hangUp());
  whenRoom(begin);
  const second = whenRoom(begin);
  const third = whenRoom(begin);
  t.equal(counts.begun, 1);
  pass(1000);
  t.equal(counts.begun, 1, 'as long as there is no room');
  connections.shift()?.destroy();
  t.equal(counts.begun, 2, 'one for each connection that has ended');
  const last = whenRoom(begin);
  t.equal(counts.begun, 2, 'a newcomer comes last');
  last.cancel();
  third.cancel();
  pass(1);
  t.equal(counts.begun, 3, 'and the next, as the first left no connection');
  second.cancel();
  t.equal(counts.cancelled, 1);
  for (const connection of connections) connection.destroy();
  pass(10);
  t.equal(counts.begun, 3, 'a cancelled one never begins');
  t.equal(timers.size, 0);
  t.end();
});

t.test('nobody goes before those who wait, even where there is room again', (t) => {
  const { pass } = stopTime(t);
  const { hangUp, whenRoom } = load(t);
  const connections = Array.from({ length: 1000 }, () => hangUp());
  const begun: string[] = [];
  const ask = (name: string) =>
    whenRoom(() => {
      begun.push(name);
      return { cancel: () => {} };
    });
  ask('first');
  ask('second');
  connections.shift()?.destroy();
  ask('third');
  t.strictSame(begun, ['first']);
  pass(1);
  t.strictSame(begun, ['first', 'second']);
  pass(1);
  t.strictSame(begun, ['first', 'second', 'third']);
  for (const connection of connections) connection.destroy();
  t.end();
});

t.test('the last attempt that is withdrawn takes the timer with it', (t) => {
  const { pass, timers } = stopTime(t);
  const { hangUp, whenRoom } = load(t);
  const connections = Array.from({ length: 1000 }, () => hangUp());
  pass(0);
  const before = timers.size;
  const { begin } = counter();
  const waiting = [whenRoom(begin), whenRoom(begin)];
  t.equal(timers.size, before + 1);
  waiting[0]?.cancel();
  t.equal(timers.size, before + 1);
  waiting[1]?.cancel();
  t.equal(timers.size, before);
  for (const connection of connections) connection.destroy();
  t.end();
});

t.test('nobody is admitted while more than a thousand end', (t) => {
  const { pass } = stopTime(t);
  const { hangUp, whenRoom } = load(t);
  const connections = Array.from({ length: 1001 }, () => hangUp());
  pass(0);
  const { counts, begin } = counter();
  const waiting = whenRoom(begin);
  connections.pop()?.destroy();
  pass(1);
  t.equal(counts.begun, 0);
  connections.pop()?.destroy();
  t.equal(counts.begun, 1);
  waiting.cancel();
  for (const connection of connections) connection.destroy();
  t.end();
});

t.test('while attempts wait for room, the oldest connection is closed after five seconds', (t) => {
  const { pass } = stopTime(t);
  const { hangUp, whenRoom } = load(t);
  const [oldest] = Array.from({ length: 1000 }, () => hangUp());
  pass(1000);
  const { counts, begin } = counter();
  whenRoom(begin);
  pass(3999);
  t.strictSame([oldest?.destroyed, counts.begun], [false, 0]);
  pass(1);
  t.strictSame([oldest?.destroyed, counts.begun], [true, 1]);
  t.end();
});

t.test('a process that may open many files keeps a quarter of them, and 16,384 at most', (t) => {
  stopTime(t);
  for (const [left, most] of [
    [3000, 1000],
    [8000, 2666],
    [1_000_000, 16_384],
  ] as const) {
    const { hangUp, whenRoom } = load(t, { left });
    const { counts, begin } = counter();
    const connections: Connection[] = [];
    while (counts.begun === connections.length) {
      connections.push(hangUp());
      whenRoom(begin);
      if (connections.length > 20_000) break;
    }
    t.ok(Math.abs(connections.length - most) <= 1, `${connections.length} of ${left}`);
    for (const connection of connections) connection.destroy();
  }
  t.end();
});

t.test('a socket that Node would destroy is ended, and its error told', (t) => {
  const { pass } = stopTime(t);
  const connection = new Connection({ fd: 10 });
  const errors: unknown[] = [];
  connection.on('error', (error) => errors.push(error));
  destroyPolitely(connection as unknown as Socket);
  const refused = new Error('self-signed certificate');
  t.equal((connection as unknown as Socket).destroy(refused), connection);
  t.strictSame([connection.destroyed, errors], [false, [refused]]);
  pass(0);
  t.equal(connection.ends, 1);
  connection.destroy();
  t.equal(connection.destroyed, true, 'the end of the ending is the real one');
  t.end();
});

t.test('a connection that is not made, or has failed, is destroyed at once', (t) => {
  stopTime(t);
  const failed = Object.assign(new Error('ECONNRESET'), { syscall: 'read' });
  for (const [connecting, error] of [
    [true, undefined],
    [true, new Error('aborted')],
    [false, failed],
  ] as const) {
    const connection = new Connection({ fd: 10 }, connecting);
    destroyPolitely(connection as unknown as Socket);
    (connection as unknown as Socket).destroy(error);
    t.equal(connection.destroyed, true);
  }
  t.end();
});
