import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import t, { type Test } from 'tap';

/** What a connection that is being ended needs of a socket; the test is the server and the clock. */
class MadeUpSocket extends EventEmitter {
  destroyed = false;
  connecting = false;
  isRead = false;
  isEnded = false;
  isReferenced = true;
  idle: { ms: number; run: () => void } | undefined;
  readonly _handle: { fd: number } | null;

  constructor(fd: number) {
    super();
    this._handle = fd < 0 ? null : { fd };
  }

  setTimeout(ms: number, run: () => void) {
    this.idle = { ms, run };
  }
  end() {
    this.isEnded = true;
    return this;
  }
  resume() {
    this.isRead = true;
    return this;
  }
  ref() {
    this.isReferenced = true;
    return this;
  }
  unref() {
    this.isReferenced = false;
    return this;
  }
  destroy() {
    this.destroyed = true;
    return this;
  }
  /** The server closes its end. */
  close() {
    this.destroyed = true;
    this.emit('close');
  }
}

interface Timer {
  at: number;
  run: () => void;
  unref: () => Timer;
}

/** Until the end of the test. */
function replace(t: Test, target: object, name: string, value: unknown): void {
  const own = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
  t.teardown(() => {
    if (own === undefined) Reflect.deleteProperty(target, name);
    else Object.defineProperty(target, name, own);
  });
}

function endingsByHand(t: Test, { descriptorsLeft = 100_000 } = {}) {
  let now = 0;
  const timers = new Set<Timer>();
  const immediates: (() => void)[] = [];
  const behind: number[] = [];
  const goodbyes: unknown[][] = [];
  const left = { descriptors: descriptorsLeft };
  // tap's own way to replace them notes each use with its stack, which takes half a minute here.
  replace(t, performance, 'now', () => now);
  replace(t, globalThis, 'setTimeout', (run: () => void, ms: number) => {
    const timer: Timer = { at: now + ms, run, unref: () => timer };
    timers.add(timer);
    return timer;
  });
  replace(t, globalThis, 'clearTimeout', (timer: Timer) => timers.delete(timer));
  replace(t, globalThis, 'setImmediate', (run: (...words: unknown[]) => void, ...words: unknown[]) =>
    immediates.push(() => run(...words)),
  );
  const before = process.listeners('exit');
  const addon = {
    hangUp: (...words: unknown[]) => goodbyes.push(words),
    hangUpBehind: (descriptor: number) => behind.push(descriptor),
    descriptorsLeft: () => left.descriptors,
  };
  const { hangUp, makeRoom, whenRoom } = t.mockRequire<typeof import('../../lib/wait/hang-up')>(
    '../../lib/wait/hang-up',
    { '../../lib/addon/optional-addon': { optionalAddon: () => addon } },
  );
  const runImmediates = () => {
    for (const run of immediates.splice(0)) run();
  };
  return {
    makeRoom,
    whenRoom,
    timers,
    left,
    runImmediates,
    end(socket: MadeUpSocket, isNear = false) {
      hangUp(socket as unknown as Socket, isNear);
      runImmediates();
      return socket;
    },
    /** Lets so many ms pass. */
    pass(ms: number) {
      now += ms;
      for (const timer of [...timers].sort((one, other) => one.at - other.at)) {
        if (timer.at > now || !timers.delete(timer)) continue;
        timer.run();
      }
      runImmediates();
    },
    /** What the addon is asked to end when the process exits, or undefined where nobody listens for that. */
    exit() {
      const added = process.listeners('exit').filter((listener) => !before.includes(listener));
      for (const listener of added) listener(0);
      return added.length === 0 ? undefined : goodbyes.pop();
    },
  };
}

t.test('a connection is half-closed, and read until the server closes its end', async (t) => {
  const { end, exit, timers } = endingsByHand(t);
  t.equal(exit(), undefined);
  const socket = end(new MadeUpSocket(7));
  t.match(socket, { isEnded: true, isRead: true, destroyed: false, isReferenced: true });
  t.strictSame(exit(), [[7], 100]);
  socket.close();
  t.equal(exit(), undefined);
  t.equal(timers.size, 0);
});

t.test('a connection is ended once, and one that is closed already is not', async (t) => {
  const { end, exit } = endingsByHand(t);
  const socket = end(new MadeUpSocket(7));
  const idle = socket.idle;
  end(socket);
  t.equal(socket.idle, idle);
  const closed = new MadeUpSocket(8);
  closed.destroyed = true;
  end(closed);
  t.equal(closed.isEnded, false);
  t.strictSame(exit(), [[7], 100]);
  socket.close();
});

t.test('the process ends what is left when it exits, for as long as anything is', async (t) => {
  const { end, exit } = endingsByHand(t);
  const sockets = [7, -1, 0, 9].map((descriptor) => end(new MadeUpSocket(descriptor)));
  t.strictSame(exit(), [[7, 0, 9], 100], 'one without a descriptor is left out');
  sockets[0]?.close();
  t.strictSame(exit(), [[0, 9], 100]);
  for (const socket of sockets.slice(1)) socket.close();
  t.equal(exit(), undefined);
});

t.test('the process does not stay for a silent server, nor for one that goes on speaking', async (t) => {
  const { end, exit, pass } = endingsByHand(t);
  const silent = end(new MadeUpSocket(7));
  t.equal(silent.idle?.ms, 500);
  silent.idle?.run();
  t.equal(silent.isReferenced, false);
  const speaking = end(new MadeUpSocket(8));
  t.strictSame(exit(), [[8], 100]);
  pass(4999);
  t.equal(speaking.isReferenced, true);
  pass(1);
  t.equal(speaking.isReferenced, false);
  t.strictSame(exit(), [[], 100]);

  pass(54_999);
  t.match([silent, speaking], [{ destroyed: false }, { destroyed: false }]);
  pass(1);
  t.match([silent, speaking], [{ destroyed: true }, { destroyed: true }], 'a minute is the limit');
  silent.close();
  speaking.close();
});

t.test('an attempt without an answer is given up, and one that is connected late is ended', async (t) => {
  const { end, exit, pass, timers } = endingsByHand(t);
  const attempt = (descriptor: number, isNear: boolean) => {
    const socket = new MadeUpSocket(descriptor);
    socket.connecting = true;
    return end(socket, isNear);
  };
  const far = attempt(7, false);
  const near = attempt(8, true);
  t.match([far, near], [{ isReferenced: false }, { isReferenced: true }]);
  t.strictSame(exit(), [[8], 100]);
  pass(99);
  t.equal(near.isReferenced, true);
  pass(1);
  t.equal(near.isReferenced, false);
  t.strictSame(exit(), [[], 100]);

  far.connecting = false;
  far.emit('connect');
  t.equal(far.isReferenced, true);
  t.strictSame(exit(), [[7], 100]);
  pass(399);
  t.equal(near.destroyed, false);
  pass(1);
  t.match([far, near], [{ destroyed: false }, { destroyed: true }]);
  far.close();
  near.close();
  t.equal(timers.size, 0);

  const quick = attempt(9, true);
  quick.connecting = false;
  quick.emit('connect');
  pass(500);
  t.match(quick, { isReferenced: true, destroyed: false });
  quick.close();
});

t.test('a connection that is made while the timer is due is not given up', async (t) => {
  const { end, pass, timers } = endingsByHand(t);
  const socket = new MadeUpSocket(7);
  socket.connecting = true;
  end(socket);
  for (const timer of timers) {
    if (timer.at !== 500) continue;
    timer.run();
    socket.connecting = false;
    socket.emit('connect');
  }
  pass(500);
  t.equal(socket.destroyed, false);
  socket.close();
});

t.test('room is made by the oldest connection that the process does not stay for', async (t) => {
  const { end, exit, makeRoom } = endingsByHand(t);
  makeRoom();
  const [first, second, third] = [7, 8, 9].map((descriptor) => end(new MadeUpSocket(descriptor)));
  second?.idle?.run();
  makeRoom();
  t.match([first, second, third], [{ destroyed: false }, { destroyed: true }, { destroyed: false }]);
  makeRoom();
  t.match([first, third], [{ destroyed: true }, { destroyed: false }]);
  t.strictSame(exit(), [[9], 100]);
  makeRoom();
  t.equal(exit(), undefined);
});

/** Attempts that `whenRoom` may hold back: which of them have begun, and which were cancelled. */
function attempts(whenRoom: typeof import('../../lib/wait/hang-up').whenRoom) {
  const begun: string[] = [];
  const cancelled: string[] = [];
  const begin = (name: string) =>
    whenRoom(() => {
      begun.push(name);
      return { cancel: () => cancelled.push(name) };
    });
  return { begun, cancelled, begin };
}

t.test('a thousand connections are kept before an attempt waits', async (t) => {
  const { end, whenRoom } = endingsByHand(t, { descriptorsLeft: 0 });
  const { begun, begin } = attempts(whenRoom);
  const sockets = Array.from({ length: 999 }, (_, index) => end(new MadeUpSocket(index)));
  begin('at once');
  t.strictSame(begun, ['at once']);
  sockets.push(end(new MadeUpSocket(999)));
  begin('later');
  begin('last');
  t.strictSame(begun, ['at once']);
  sockets[500]?.close();
  t.strictSame(begun, ['at once', 'later'], 'one for each that has ended');
  sockets[501]?.close();
  t.strictSame(begun, ['at once', 'later', 'last']);
  for (const socket of sockets) if (!socket.destroyed) socket.close();
});

t.test('a quarter of what the process may open is kept where that is more, up to a limit', async (t) => {
  const { end, whenRoom, left } = endingsByHand(t);
  const sockets = Array.from({ length: 1000 }, (_, index) => end(new MadeUpSocket(index)));
  const hasRoom = (descriptors: number) => {
    left.descriptors = descriptors;
    const { begun, begin } = attempts(whenRoom);
    begin('now').cancel();
    return begun.length === 1;
  };
  t.equal(hasRoom(3000), false);
  t.equal(hasRoom(3004), true);
  for (let index = 1000; index < 16_383; index++) sockets.push(end(new MadeUpSocket(index)));
  t.equal(hasRoom(1_000_000), true);
  sockets.push(end(new MadeUpSocket(16_383)));
  t.equal(hasRoom(1_000_000), false);
  for (const socket of sockets) socket.close();
});

t.test('attempts that wait begin when the oldest connections are given up, after five seconds', async (t) => {
  const { end, whenRoom, pass } = endingsByHand(t, { descriptorsLeft: 0 });
  const { begun, begin, cancelled } = attempts(whenRoom);
  const sockets = Array.from({ length: 1000 }, (_, index) => end(new MadeUpSocket(index)));
  pass(2000);
  const one = begin('one');
  const two = begin('two');
  const three = begin('three');
  pass(2999);
  t.strictSame(begun, []);
  t.equal(sockets[0]?.destroyed, false);
  pass(1);
  t.equal(sockets[0]?.destroyed, true);
  t.equal(sockets[1]?.destroyed, false);
  t.strictSame(begun, ['one']);
  two.cancel();
  one.cancel();
  t.strictSame(cancelled, ['one']);
  pass(1);
  t.strictSame(begun, ['one', 'three']);
  three.cancel();
  for (const socket of sockets) if (!socket.destroyed) socket.close();
});

t.test('attempts that wait go on where those before them leave no connection behind', async (t) => {
  const { end, whenRoom, pass, timers } = endingsByHand(t, { descriptorsLeft: 0 });
  const { begun, begin } = attempts(whenRoom);
  const sockets = Array.from({ length: 1000 }, (_, index) => end(new MadeUpSocket(index)));
  for (const name of ['one', 'two', 'three']) begin(name);
  sockets.pop()?.close();
  t.strictSame(begun, ['one']);
  pass(1);
  t.strictSame(begun, ['one', 'two']);
  begin('four');
  t.strictSame(begun, ['one', 'two'], 'nobody goes before those who wait');
  pass(1);
  pass(1);
  t.strictSame(begun, ['one', 'two', 'three', 'four']);
  for (const socket of sockets) socket.close();
  t.equal(timers.size, 0);
});

t.test('the last attempt that is withdrawn stops the timer', async (t) => {
  const { end, whenRoom, pass, timers } = endingsByHand(t, { descriptorsLeft: 0 });
  const { begun, begin } = attempts(whenRoom);
  const sockets = Array.from({ length: 1000 }, (_, index) => end(new MadeUpSocket(index)));
  const before = timers.size;
  const waiting = [begin('one'), begin('two')];
  t.equal(timers.size, before + 1);
  waiting[0]?.cancel();
  t.equal(timers.size, before + 1);
  waiting[1]?.cancel();
  t.equal(timers.size, before);
  pass(5000);
  t.strictSame(begun, []);
  t.equal(sockets[0]?.destroyed, false);
  for (const socket of sockets) socket.close();
});
