import '../support/alone';

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import t from 'tap';
import { PortPool } from '../../lib/pool/pool';
import { writeJournal } from '../../lib/store/journal';
import { run, withoutPreloads } from '../support/command';
import { distPath } from '../support/dist';
import { event } from '../support/event';
import { buildFailCalls } from '../support/fail-calls';
import { NO_MODES } from '../support/file-system';
import { close, listen, NO_SECOND_LOOPBACK } from '../support/listen';
import { hear, startProcess, until } from '../support/program';
import { bind, canBePlainlyBound, greeter, NOT_BESIDE } from '../support/sockets';

t.test('a pool on the same file holds again what the one before had', async (t) => {
  const state = join(t.testdir(), 'pool');
  const first = new PortPool({ state, cooldown: 60_000 });
  const kept = await first.reserve('web', { count: 2, transport: 'both' });
  const gone = await first.reserve('db');
  gone.release();
  t.throws(() => new PortPool({ state }), { code: 'ERR_PORT_POOL_STATE', message: /in use by another pool/ });
  first.close();
  first.close();
  t.equal(canBePlainlyBound(kept.port), true);
  using second = new PortPool({ state, cooldown: 60_000 });
  t.match([...second], [{ id: kept.id, owner: 'web', ports: kept.ports, transports: ['tcp', 'udp'] }]);
  for (const port of kept.ports) t.equal(canBePlainlyBound(port), false);
  t.equal(second.numbers().cooling, 1);
  t.ok((await second.reserve('web')).id > kept.id);
});

function isThere(pid = 0): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

t.test('owners that ended are not held for again', async (t) => {
  const state = join(t.testdir(), 'pool');
  const first = new PortPool({ state });
  const child = spawn(...withoutPreloads(process.execPath, ['-e', 'setInterval(() => {}, 1000)']));
  const { port } = await first.reserve('web', { process: child });
  first.close();
  const end = once(child, 'exit');
  child.kill('SIGKILL');
  await end;
  // Once in some twenty runs under Wine it still seemed to be there.
  await until(() => !isThere(child.pid));
  using second = new PortPool({ state });
  t.equal(second.size, 0);
  t.equal(canBePlainlyBound(port), true);
});

t.test('a port whose server goes on is held when that has ended', { skip: NOT_BESIDE }, async (t) => {
  const state = join(t.testdir(), 'pool');
  const first = new PortPool({ state });
  const { port } = await first.reserve('web');
  const server = await listen(t, '127.0.0.1', port, greeter());
  first.close();
  using second = new PortPool({ state });
  const [reservation] = second;
  t.strictSame(reservation?.unheld, [port]);
  const [which, taken, user] = await event(second, 'taken');
  t.strictSame([which, taken, (user as { pid: number }).pid], [reservation, port, process.pid]);
  t.equal(second.numbers().unheld, 1);
  await close(server);
  t.ok(await until(() => second.numbers().held === 1));
  t.equal(canBePlainlyBound(port), false);
});

t.test(
  'who has a port is told once, unless it is the process of the reservation',
  { skip: NOT_BESIDE },
  async (t) => {
    const state = join(t.testdir(), 'pool');
    const first = new PortPool({ state });
    const own = await first.reserve('own', { process: process.pid });
    const other = await first.reserve('other', { transport: 'udp' });
    const children = [1, 2].map(() => spawn(...withoutPreloads('sleep', ['60'])));
    for (const child of children) await first.reserve('child', { process: child });
    first.close();
    const server = await listen(t, '127.0.0.1', own.port, greeter());
    const socket = await bind({ type: 'udp4' }, other.port, '127.0.0.1');
    using second = new PortPool({ state });
    t.match(second.numbers(), { unheld: 2, held: 2 });
    // The look that finds an end has looked at those before.
    const endOne = async () => {
      const expired = event(second, 'expired');
      children.pop()?.kill('SIGKILL');
      await expired;
    };
    await endOne();
    const told: unknown[] = [];
    second.on('taken', (reservation, port, user) => told.push(reservation.owner, port, user?.pid));
    await event(second, 'taken');
    await endOne();
    t.strictSame(told, ['other', other.port, process.pid]);
    socket.close();
    await close(server);
  },
);

t.test('a reservation that is aborted while it is written stays nowhere', async (t) => {
  const state = join(t.testdir(), 'pool');
  const first = new PortPool({ state });
  const controller = new AbortController();
  const reserving = first.reserve('web', { signal: controller.signal });
  const [reservation] = first;
  controller.abort();
  await t.rejects(reserving, { name: 'AbortError' });
  t.equal(first.size, 0);
  t.equal(canBePlainlyBound(reservation?.port ?? 0), true);
  first.close();
  using second = new PortPool({ state });
  t.equal(second.size, 0);
});

t.test(
  'a later process with the number of an owner is not the owner',
  { skip: process.platform === 'linux' ? false : 'only Linux tells when a process began' },
  async (t) => {
    const state = join(t.testdir(), 'pool');
    const first = new PortPool({ state });
    await first.reserve('earlier', { process: process.pid });
    await first.reserve('mine', { process: process.pid });
    first.close();
    const written = readFileSync(state, 'utf8');
    writeFileSync(state, written.replace(/"startTicks":\d+/, '"startTicks":1'));
    using second = new PortPool({ state });
    t.match([...second], [{ owner: 'mine', pid: process.pid }]);
    t.equal(second.size, 1);
  },
);

t.test('a pool of one address holds again at that address', { skip: NO_SECOND_LOOPBACK }, async (t) => {
  const state = join(t.testdir(), 'pool');
  const first = new PortPool({ state, host: '127.0.0.1' });
  const { port } = await first.reserve('web');
  first.close();
  using _ = new PortPool({ state, host: '127.0.0.1' });
  t.equal(canBePlainlyBound(port, 'tcp', '127.0.0.1'), false);
  t.equal(canBePlainlyBound(port, 'tcp', '127.0.0.2'), true);
});

t.test(
  'nobody else may read the file, also when it was written anew, and none stays open',
  { skip: NO_MODES },
  async (t) => {
    const umask = process.umask(0);
    t.teardown(() => process.umask(umask));
    const path = join(t.testdir(), 'pool');
    const calls: string[] = [];
    const open = new Set<number>();
    const kindOf = (fd: number) => (fs.fstatSync(fd).isDirectory() ? 'folder' : 'file');
    const { StateFile } = t.mockRequire<typeof import('../../lib/pool/state-file')>(
      '../../lib/pool/state-file',
      {
        'node:fs': {
          ...fs,
          openSync: (...words: Parameters<typeof fs.openSync>) => {
            const fd = fs.openSync(...words);
            open.add(fd);
            return fd;
          },
          closeSync: (fd: number) => {
            fs.closeSync(fd);
            open.delete(fd);
          },
          fsyncSync: (fd: number) => {
            fs.fsyncSync(fd);
            calls.push(`flush ${kindOf(fd)}`);
          },
          renameSync: (from: string, to: string) => {
            fs.renameSync(from, to);
            calls.push('rename');
          },
        },
      },
    );
    const file = new StateFile(relative(process.cwd(), path));
    t.equal(file.path, path);
    t.equal(statSync(path).mode & 0o777, 0o600);
    t.throws(() => new StateFile(path), { code: 'ERR_PORT_POOL_STATE' });
    t.equal(open.size, 1, 'of one that is in use nothing stays open');
    const owner = 'ü'.repeat(1000);
    const reserve = { id: 1, owner, ports: [20_001], transports: ['tcp'], hold: true } as const;
    const { ino } = statSync(path);
    while (statSync(path).ino === ino) {
      file.append({ reserve });
      file.shorten([reserve], [{ ports: [20_002], at: 7 }], 1);
    }
    t.strictSame(calls, ['flush file', 'rename', 'flush folder'], 'what is renamed is on the disk');
    t.equal(statSync(path).mode & 0o777, 0o600);
    t.equal(open.size, 1);
    file.append({ release: 1, ports: [20_001], at: 8 });
    t.strictSame(file.read(), {
      reservations: new Map(),
      releases: [
        { ports: [20_002], at: 7 },
        { ports: [20_001], at: 8 },
      ],
      lastId: 1,
    });
    file.close();
    t.equal(open.size, 0);
  },
);

t.test('what a disk takes in part, or refuses, is not in the file', (t) => {
  let failing: (() => number) | undefined;
  const writeSync = (fd: number, bytes: Buffer, offset: number, length: number, position: number) => {
    if (failing === undefined) return fs.writeSync(fd, bytes, offset, length, position);
    fs.writeSync(fd, bytes, offset, length >> 1, position);
    return failing();
  };
  const mocked = t.mockRequire<typeof import('../../lib/pool/state-file')>('../../lib/pool/state-file', {
    'node:fs': { ...fs, writeSync },
  });
  const path = join(t.testdir(), 'pool');
  const file = new mocked.StateFile(path);
  const line = { release: 1, ports: [20_001], at: 8 };
  file.append(line);
  const written = readFileSync(path, 'utf8');
  failing = () => 7;
  t.throws(() => file.append(line), { code: 'ERR_PORT_POOL_STATE', message: /is the disk full/ });
  t.equal(readFileSync(path, 'utf8'), written);
  failing = () => {
    throw new Error('EIO: the disk is broken');
  };
  t.throws(() => file.append(line), { message: /cannot be written: EIO: the disk is broken/ });
  t.equal(readFileSync(path, 'utf8'), written);
  failing = undefined;
  file.append(line);
  t.equal(readFileSync(path, 'utf8'), written.repeat(2));
  file.close();
  t.end();
});

t.test(
  'a shorter file that cannot be had leaves the long one, and nothing else',
  { skip: process.platform === 'win32' },
  (t) => {
    let tries = 0;
    let isBroken = true;
    const renameSync = (from: string, to: string) => {
      tries++;
      if (isBroken) throw new Error('EIO');
      fs.renameSync(from, to);
    };
    const fsyncSync = (fd: number) => {
      if (fs.fstatSync(fd).isDirectory()) throw new Error('EIO: no flush');
    };
    const mocked = t.mockRequire<typeof import('../../lib/pool/state-file')>('../../lib/pool/state-file', {
      'node:fs': { ...fs, renameSync, fsyncSync },
    });
    const folder = t.testdir();
    const path = join(folder, 'pool');
    const file = new mocked.StateFile(path);
    const count = () => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
    const before = count();
    const line = { release: 1, ports: Array(200).fill(20_001), at: 8 };
    file.append(line);
    file.shorten([], [], 1);
    t.equal(tries, 0, 'a small file stays');
    const long = 70;
    for (let index = 0; index < long; index++) file.append(line);
    file.shorten([], [], 1);
    file.append(line);
    file.shorten([], [], 1);
    t.equal(tries, 1, 'the next try comes when it is twice as long');
    t.equal(count(), before);
    t.strictSame(readdirSync(folder), ['pool']);
    t.equal(file.read().releases.length, long + 2);
    isBroken = false;
    // What a pool that was killed left.
    writeFileSync(`${path}.new`, 'x'.repeat(10_000));
    for (let index = 0; index < long; index++) file.append(line);
    t.throws(() => file.shorten([], [line], 1), {
      code: 'ERR_PORT_POOL_STATE',
      message: /cannot be flushed: EIO: no flush/,
    });
    t.equal(count(), before);
    t.match(file.read(), { releases: [{ ports: line.ports, at: 8 }] });
    file.close();
    t.end();
  },
);

t.test(
  'a file that another pool replaced while it was opened is opened anew',
  { skip: process.platform !== 'linux' },
  (t) => {
    const folder = t.testdir({ pool: '', other: '' });
    const path = join(folder, 'pool');
    const changes = [() => fs.renameSync(join(folder, 'other'), path), () => fs.unlinkSync(path)];
    const openSync = (...words: Parameters<typeof fs.openSync>) => {
      const fd = fs.openSync(...words);
      changes.shift()?.();
      return fd;
    };
    const mocked = t.mockRequire<typeof import('../../lib/pool/state-file')>('../../lib/pool/state-file', {
      'node:fs': { ...fs, openSync },
    });
    const before = readdirSync('/proc/self/fd').length;
    const file = new mocked.StateFile(path);
    t.equal(changes.length, 0);
    t.equal(readdirSync('/proc/self/fd').length, before + 1);
    file.append({ release: 1, ports: [20_001], at: 8 });
    t.match(readFileSync(path, 'utf8'), /^{"release":1/);
    file.close();
    t.end();
  },
);

t.test('those who wait for a flush share the next one, and hear of its failure', async (t) => {
  const flushing: ((error: Error | null) => void)[] = [];
  const fdatasync = (_: number, done: (error: Error | null) => void) => flushing.push(done);
  const mocked = t.mockRequire<typeof import('../../lib/pool/state-file')>('../../lib/pool/state-file', {
    'node:fs': { ...fs, fdatasync },
  });
  const path = join(t.testdir(), 'pool');
  const file = new mocked.StateFile(path);
  for (let index = 0; index < 80; index++) file.append({ release: 1, ports: Array(200).fill(20_001), at: 8 });
  const { ino } = statSync(path);
  const first = file.flush();
  const others = [file.flush(), file.flush()];
  t.equal(flushing.length, 1);
  file.shorten([], [], 1);
  t.equal(statSync(path).ino, ino, 'a file that is being flushed stays open');
  flushing.shift()?.(null);
  await first;
  t.equal(flushing.length, 1);
  flushing.shift()?.(new Error('EIO'));
  for (const other of others)
    await t.rejects(other, { code: 'ERR_PORT_POOL_STATE', message: /cannot be flushed: EIO/ });
  t.equal(flushing.length, 0);
  if (process.platform !== 'win32') {
    file.shorten([], [], 1);
    t.not(statSync(path).ino, ino);
  }
  file.close();
  const next = new mocked.StateFile(path);
  t.equal(next.read().lastId, 1, 'the number of what is over is not forgotten');
  next.close();
});

t.test('a line that was cut off is not believed, one that is no state is refused', async (t) => {
  const state = join(t.testdir(), 'pool');
  const first = new PortPool({ state });
  const { ports } = await first.reserve('web');
  first.close();
  const whole = readFileSync(state, 'utf8');
  appendFileSync(state, whole.slice(0, -5));
  const second = new PortPool({ state });
  t.match([...second], [{ ports }]);
  second.close();
  t.equal(readFileSync(state, 'utf8'), whole);
  writeFileSync(state, `${whole}{"x":1}\n`);
  t.throws(() => new PortPool({ state }), { code: 'ERR_PORT_POOL_STATE', message: /line 2 cannot be read/ });
  t.throws(() => new PortPool({ state: join(state, 'x') }), {
    code: 'ERR_PORT_POOL_STATE',
    message: /cannot be opened/,
  });
});

t.test('a file that no pool wrote is refused, and left as it is', async (t) => {
  const state = join(t.testdir(), 'pool');
  for (const content of ['garbage', '{"name":"my-package"}', '{\n  "name": "my-package"\n}\n', 'a\nb']) {
    writeFileSync(state, content);
    t.throws(() => new PortPool({ state }), {
      code: 'ERR_PORT_POOL_STATE',
      message: /is no state of a pool: line 1 cannot be read: name another file/,
    });
    t.equal(readFileSync(state, 'utf8'), content);
  }
  for (const torn of ['', '{', '{"re', '{"release":4', '\0\0\0']) {
    writeFileSync(state, torn);
    new PortPool({ state }).close();
    t.equal(readFileSync(state, 'utf8'), '');
  }
});

t.test('a line with a value that no pool writes is refused', async (t) => {
  const state = join(t.testdir(), 'pool');
  const reserve = { id: 1, owner: 'web', ports: [20_001], transports: ['tcp'], hold: true };
  const release = { release: 1, ports: [20_001], at: 0 };
  const bad = [
    ...[[70_000], [0], ['x'], 'x', undefined].map((ports) => ({ reserve: { ...reserve, ports } })),
    ...[['sctp'], undefined].map((transports) => ({ reserve: { ...reserve, transports } })),
    ...[7, { pid: -1 }, { pid: 1, startTicks: 'x' }].map((process) => ({ reserve: { ...reserve, process } })),
    { reserve: { ...reserve, id: 'x' } },
    { reserve: { ...reserve, owner: 7 } },
    { reserve: { ...reserve, hold: 'no' } },
    ...[[70_000], 'x', undefined].map((ports) => ({ ...release, ports })),
    { ...release, at: 'x' },
    { ...release, release: 'x' },
  ];
  for (const line of bad) {
    const content = `${JSON.stringify(release)}\n${JSON.stringify(line)}\n`;
    writeFileSync(state, content);
    t.throws(
      () => new PortPool({ state }),
      { code: 'ERR_PORT_POOL_STATE', message: /line 2 cannot be read/ },
      content,
    );
    t.equal(readFileSync(state, 'utf8'), content);
  }
});

t.test('the file stays short', async (t) => {
  const state = join(t.testdir(), 'pool');
  const first = new PortPool({ state });
  const kept = await first.reserve('kept');
  for (let index = 0; index < 150; index++) (await first.reserve('x'.repeat(1000))).release();
  t.ok(statSync(state).size < 150_000);
  first.close();
  using second = new PortPool({ state });
  t.match([...second], [{ owner: 'kept', ports: kept.ports }]);
});

t.test('no number is given to a reservation twice, after a restart and a shorter file neither', async (t) => {
  const state = join(t.testdir(), 'pool');
  const ids: number[] = [];
  for (const rounds of [1, 150, 1]) {
    using pool = new PortPool({ state });
    for (let round = 0; round < rounds; round++) {
      using reservation = await pool.reserve('x'.repeat(1000));
      ids.push(reservation.id);
    }
  }
  t.strictSame(
    ids,
    Array.from({ length: 152 }, (_, index) => index + 1),
  );
  t.ok(statSync(state).size < 100_000, 'it was written anew');

  // A pool that ends as soon as its file was written anew leaves no line of the latest one.
  let last = 0;
  {
    using pool = new PortPool({ state });
    for (let size = 0; statSync(state).size >= size; ) {
      size = statSync(state).size;
      using reservation = await pool.reserve('x'.repeat(1000));
      last = reservation.id;
    }
  }
  using pool = new PortPool({ state });
  t.equal((await pool.reserve('next')).id, last + 1);
});

t.test('ports go on cooling down when the file was shortened', async (t) => {
  const state = join(t.testdir(), 'pool');
  const first = new PortPool({ state, cooldown: 60_000 });
  (await first.reserve('cooling')).release();
  const cooling = () => first.numbers().cooling;
  for (let size = 0; statSync(state).size >= size; ) {
    ({ size } = statSync(state));
    (await first.reserve('x'.repeat(5000))).release();
  }
  const before = cooling();
  t.ok(before > 1);
  first.close();
  using second = new PortPool({ state, cooldown: 60_000 });
  t.equal(second.numbers().cooling, before);
});

const { skip, failCalls } = buildFailCalls(t);

t.test('a disk that is too full for a shorter file loses nothing', { skip }, async (t) => {
  const folder = t.testdir();
  const state = join(folder, 'pool');
  const program = `
    const pool = new (require(process.argv[1]).PortPool)({ state: process.argv[2] });
    const work = async () => {
      const kept = await pool.reserve('kept');
      for (let index = 0; index < 80; index++) (await pool.reserve('x'.repeat(1000))).release();
      console.log(kept.port);
    };
    work();`;
  const words = ['-e', program, distPath('index.js'), state];
  const { stdout, stderr } = await run(process.execPath, words, failCalls('write', 'ENOSPC'));
  t.equal(stderr, '');
  t.ok(statSync(state).size > 1 << 16);
  t.strictSame(readdirSync(folder), ['pool']);
  using second = new PortPool({ state });
  t.match([...second], [{ owner: 'kept', ports: [Number(stdout)] }]);
});

t.test('on Windows, which replaces no open file, it is shortened in place', async (t) => {
  const state = join(t.testdir(), 'pool');
  const first = new PortPool({ state });
  const kept = await first.reserve('ü'.repeat(50));
  t.intercept(process, 'platform', { value: 'win32' });
  const { ino } = statSync(state);
  for (let index = 0; index < 100; index++) (await first.reserve('x'.repeat(1000))).release();
  const { size } = statSync(state);
  t.ok(size < 100_000, `${size} bytes`);
  t.equal(statSync(state).ino, ino);
  first.close();
  using second = new PortPool({ state });
  t.match([...second], [{ owner: 'ü'.repeat(50), ports: kept.ports }]);
});

t.test('what a kill left of a rewrite in place is finished', async (t) => {
  const state = join(t.testdir(), 'pool');
  const first = new PortPool({ state });
  const { ports } = await first.reserve('kept');
  const bytes = readFileSync(state);
  await first.reserve('given up');
  first.close();
  const before = readFileSync(state);
  appendFileSync(state, writeJournal(before, { start: bytes.length, bytes: Buffer.alloc(0) }));
  using second = new PortPool({ state });
  t.match([...second], [{ owner: 'kept', ports }]);
  t.equal(second.size, 1);
  t.strictSame(readFileSync(state), bytes);
});

t.test('a reservation that cannot be written is none: its port is free', { skip }, async (t) => {
  const program = `
    const { leaseSync, PortPool } = require(process.argv[1]);
    const first = leaseSync();
    first.release();
    const pool = new PortPool({ state: process.argv[2], ports: first.port });
    pool.reserve('a').then(
      () => console.log('reserved'),
      ({ code }) => console.log(code, pool.size, (globalThis.held = leaseSync({ ports: first.port })).port === first.port),
    );`;
  const words = ['-e', program, distPath('index.js'), join(t.testdir(), 'pool')];
  t.strictSame(await run(process.execPath, words, failCalls('pwrite64', 'ENOSPC')), {
    code: 0,
    stdout: 'ERR_PORT_POOL_STATE 0 true\n',
    stderr: '',
  });
});

/**
 * Reserves and releases at random on a state file, and tells what is reserved whenever that is certain. Each word has left
 * the process before the next step: in a channel that the parent does not empty in time it would wait, and die with the
 * process.
 */
const CHURN = `
  const say = (value) => new Promise((resolve) => tell(value, resolve));
  const pool = new portFor.PortPool({ state: process.env.POOL_STATE });
  await say([...pool].flatMap(({ unheld }) => unheld));
  for (;;) {
    const reservation = await pool.reserve('churn', { count: 1 + Math.floor(Math.random() * 3) });
    await say({ ports: reservation.ports });
    const all = [...pool];
    if (all.length > 5) {
      const [one] = all.sort(() => Math.random() - 0.5);
      await say({ released: one.ports });
      one.release();
    }
  }`;

t.test('a pool that is killed leaks no port, loses none and doubles none', async (t) => {
  const state = join(t.testdir(), 'pool');
  const settings = process.env as Record<string, string>;
  settings.POOL_STATE = state;
  const rounds = Number(process.env.PORT_FOR_ROUNDS ?? 8);
  for (let round = 0; round < rounds; round++) {
    const promised = new Set([...readPorts(state)]);
    const child: ChildProcess = startProcess(CHURN);
    // From the first word on: several may come at once, before whoever waits for one goes on.
    child.on('message', (told: { ports?: number[]; released?: number[] }) => {
      for (const port of told.ports ?? []) promised.add(port);
      for (const port of told.released ?? []) promised.delete(port);
    });
    t.strictSame(await hear(child), [], 'all that living owners had is held again');
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
    child.kill('SIGKILL');
    await once(child, 'close');
    const found = [...readPorts(state)];
    t.equal(new Set(found).size, found.length, 'none is doubled');
    t.strictSame(
      [...promised].filter((port) => !found.includes(port)),
      [],
      'none that was promised is lost',
    );
    for (const port of found) t.equal(canBePlainlyBound(port), true, 'the kernel let it go');
  }
});

/** The ports that a pool on the file would have. */
function readPorts(state: string): number[] {
  using pool = new PortPool({ state });
  return [...pool].flatMap(({ ports }) => ports);
}

t.test('a restore that fails holds nothing', async (t) => {
  const state = join(t.testdir(), 'pool');
  const first = new PortPool({ state });
  const { port } = await first.reserve('web');
  first.close();
  const written = readFileSync(state);
  const impossible = { id: 9, owner: 'web', ports: [70_000], transports: ['tcp'], hold: true };
  appendFileSync(state, `${JSON.stringify({ reserve: impossible })}\n`);
  t.throws(() => new PortPool({ state }));
  t.equal(canBePlainlyBound(port), true);
  writeFileSync(state, written);
  using second = new PortPool({ state });
  t.ok(second.at(port));
});

t.test('a listener that closes the pool leaves nothing held', { skip: NOT_BESIDE }, async (t) => {
  const state = join(t.testdir(), 'pool');
  const first = new PortPool({ state });
  const child = spawn(...withoutPreloads('sleep', ['60']));
  await first.reserve('gone', { process: child });
  const { port } = await first.reserve('web');
  first.close();
  const user = await listen(t, undefined, port);
  const second = new PortPool({ state });
  t.strictSame(second.at(port)?.unheld, [port]);
  second.on('expired', () => {
    second.close();
    // The port can be held from now on, and the look at the reservations is not over.
    user.close();
  });
  const expired = event(second, 'expired');
  child.kill('SIGKILL');
  await expired;
  await new Promise(setImmediate);
  t.equal(canBePlainlyBound(port), true);
});
