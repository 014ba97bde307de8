import '../support/alone';

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { PortPool } from '../../lib/pool/pool';
import { readStat } from '../../lib/process/stat';
import { withoutPreloads } from '../support/command';
import { event } from '../support/event';
import { close, listen, NO_SECOND_LOOPBACK } from '../support/listen';
import { until } from '../support/program';
import { canBePlainlyBound, greeter, NOT_BESIDE } from '../support/sockets';

/** So many good ports in a row, which nobody uses now. */
function freeRun(count: number): { low: number; high: number } {
  for (;;) {
    const first = leaseSync();
    first.release();
    const run = { low: first.port, high: first.port + count - 1 };
    const ports = Array.from({ length: count }, (_, index) => run.low + index);
    if (run.high < 32000 && ports.every((port) => canBePlainlyBound(port, 'both'))) return run;
  }
}

t.test('reservations are held, distinct, and end one by one or by owner', async (t) => {
  using pool = new PortPool();
  const web = await pool.reserve('web', { count: 3 });
  const other = await pool.reserve('other');
  const again = await pool.reserve('web');
  const ports = [...web.ports, ...other.ports, ...again.ports];
  t.equal(new Set(ports).size, 5);
  for (const port of ports) t.equal(canBePlainlyBound(port), false);
  t.strictSame([...pool], [web, other, again]);
  t.strictSame(pool.of('web'), [web, again]);
  t.equal(pool.at(other.port), other);
  t.equal(web.lease(web.ports[1])?.port, web.ports[1]);
  t.equal(web.lease()?.port, web.port);
  {
    using _ = await pool.reserve('scope');
    t.equal(pool.size, 4);
  }
  t.equal(pool.size, 3);
  t.match(pool.numbers(), {
    reservations: 3,
    owners: 2,
    reserved: 5,
    held: 5,
    unheld: 0,
    cooling: 0,
    made: 4,
  });
  other.release();
  other.release();
  t.equal(canBePlainlyBound(other.port), true);
  t.match(pool.numbers(), { released: 2, reserved: 4 });
  const next = await pool.reserve('next', { prefer: other.port });
  other.release();
  t.equal(pool.at(other.port), next, 'what was released is not the owner of its port any more');
  next.release();
  t.equal(pool.release('web'), 2);
  t.equal(pool.release('web'), 0);
  t.equal(pool.size, 0);
  for (const port of ports) t.equal(canBePlainlyBound(port), true);
});

t.test('all or none, and never a port outside the pool', async (t) => {
  const run = freeRun(4);
  using pool = new PortPool({ ports: run, exclude: run.low });
  await t.rejects(pool.reserve('web', { count: 4 }), { code: 'ERR_PORT_NONE_FREE' });
  t.match(pool.numbers(), { ports: 3, reserved: 0, refused: 1 });
  const all = await pool.reserve('web', { count: 3 });
  t.strictSame([...all.ports].sort(), [run.low + 1, run.low + 2, run.low + 3]);
  await t.rejects(pool.reserve('other'), {
    code: 'ERR_PORT_NONE_FREE',
    message: /^the pool has no port left: /,
  });
});

t.test('contiguous ports are neighbours, round what is used', async (t) => {
  const run = freeRun(9);
  using _ = leaseSync({ ports: run.low + 4 });
  using pool = new PortPool({ ports: run });
  const four = await pool.reserve('a', {
    count: 4,
    contiguous: true,
    transport: 'both',
    prefer: run.low + 5,
  });
  t.strictSame(
    four.ports,
    [5, 6, 7, 8].map((offset) => run.low + offset),
  );
  const three = await pool.reserve('b', { count: 3, contiguous: true });
  t.equal((three.ports[2] ?? 0) - three.port, 2);
  await t.rejects(pool.reserve('c', { count: 2, contiguous: true }), {
    message: /^no 2 neighbouring ports are free/,
  });
});

t.test(
  'what was found of a reservation that fails is let go, and no port beyond the range is taken',
  async (t) => {
    const run = freeRun(3);
    using pool = new PortPool({ ports: { low: run.low, high: run.low + 1 } });
    const error = { code: 'ERR_PORT_NONE_FREE' };
    await t.rejects(pool.reserve('a', { count: 3, prefer: run.low }), error);
    t.equal(canBePlainlyBound(run.low), true);
    await t.rejects(pool.reserve('a', { count: 3, contiguous: true }), error);
    t.equal(canBePlainlyBound(run.low + 2), true);
  },
);

t.test('preferred ports are taken if they are free', async (t) => {
  const run = freeRun(5);
  using pool = new PortPool({ ports: run });
  t.strictSame((await pool.reserve('a', { prefer: run.high })).ports, [run.high]);
  t.not((await pool.reserve('b', { prefer: run.high })).port, run.high);
  pool.release('b');
  const both = await pool.reserve('c', { count: 2, prefer: [run.high, run.low + 2, run.low] });
  t.strictSame(both.ports, [run.low + 2, run.low]);
  const apart = await pool.reserve('d', { count: 2 });
  t.strictSame([...apart.ports].sort(), [run.low + 1, run.low + 3]);
});

t.test('a port is not given again before its cooldown is over', async (t) => {
  const run = freeRun(1);
  let time = Date.now();
  t.intercept(Date, 'now', { value: () => time });
  using pool = new PortPool({ ports: run, cooldown: 200 });
  (await pool.reserve('a')).release();
  time += 199;
  t.equal(pool.numbers().cooling, 1);
  await t.rejects(pool.reserve('b'), { code: 'ERR_PORT_NONE_FREE' });
  time += 1;
  t.equal(pool.numbers().cooling, 0);
  t.equal((await pool.reserve('b')).port, run.low);
});

t.test(
  'a zombie has ended',
  { skip: process.platform === 'linux' ? false : 'only Linux tells' },
  async (t) => {
    // The shell becomes a sleep that collects no children.
    const shell = spawn(...withoutPreloads('sh', ['-c', 'sleep 60 & echo $!; exec sleep 61']), {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = await once(shell.stdout, 'data');
    const pid = Number(line);
    t.ok(await until(() => readFileSync(`/proc/${shell.pid}/comm`, 'utf8') === 'sleep\n'));
    using pool = new PortPool();
    const living = await pool.reserve('web', { process: pid });
    const expired = event(pool, 'expired');
    process.kill(pid, 'SIGKILL');
    t.strictSame(await expired, [living]);
    t.equal(readStat(pid)?.hasEnded, true, 'nobody has collected it');
    await t.rejects(pool.reserve('web', { process: pid }), {
      code: 'ERR_PORT_INVALID_VALUE',
      message: /has ended/,
    });
    shell.kill('SIGKILL');
    await once(shell, 'close');
  },
);

t.test('a reservation ends with its process', async (t) => {
  using pool = new PortPool();
  const child = spawn(...withoutPreloads(process.execPath, ['-e', 'setInterval(() => {}, 1000)']));
  const reservation = await pool.reserve('web', { process: child });
  t.equal(reservation.pid, child.pid);
  const expired = event(pool, 'expired');
  child.kill('SIGKILL');
  t.strictSame(await expired, [reservation]);
  t.match(pool.numbers(), { expired: 1 });
  t.equal(pool.size, 0);
  t.equal(canBePlainlyBound(reservation.port), true);
  await t.rejects(pool.reserve('web', { process: child }), {
    code: 'ERR_PORT_INVALID_VALUE',
    message: /has ended/,
  });
});

/** The intervals that run, as far as they begin from now on. */
function runningIntervals(t: Test): Set<NodeJS.Timeout> {
  const { setInterval, clearInterval } = globalThis;
  const running = new Set<NodeJS.Timeout>();
  t.intercept(globalThis, 'setInterval', {
    value: (...words: Parameters<typeof setInterval>) => {
      const timer = setInterval(...words);
      running.add(timer);
      return timer;
    },
  });
  t.intercept(globalThis, 'clearInterval', {
    value: (timer: NodeJS.Timeout) => {
      clearInterval(timer);
      running.delete(timer);
    },
  });
  return running;
}

t.test(
  'a pool looks round only for what somebody wants to know, and keeps no process alive',
  { skip: process.platform === 'win32' },
  async (t) => {
    const running = runningIntervals(t);
    const pool = new PortPool();
    pool.on('reserved', () => {}).on('expired', () => {});
    await pool.reserve('none');
    t.equal(running.size, 0);
    const reserveForChild = async () => {
      const child = spawn(...withoutPreloads('sleep', ['60']));
      await pool.reserve('child', { process: child });
      t.equal(running.size, 1);
      return async () => {
        const expired = event(pool, 'expired');
        child.kill('SIGKILL');
        await expired;
      };
    };
    const endFirst = await reserveForChild();
    const endSecond = await reserveForChild();
    await endFirst();
    t.equal(running.size, 1);
    await endSecond();
    t.equal(running.size, 0, 'no process is left to look at');
    const endThird = await reserveForChild();
    await endThird();
    t.equal(running.size, 0);
    pool.on('closed', () => {});
    t.equal(running.size, 1);
    pool.on('listening', () => {});
    t.equal(running.size, 1);
    await pool.reserve('mine', { process: process.pid });
    t.equal(running.size, 2);
    t.notOk([...running].some((timer) => timer.hasRef()));
    pool.close();
    pool.close();
    t.equal(running.size, 0);
    t.equal(
      pool.on('listening', () => {}),
      pool,
    );
    t.equal(running.size, 0);

    const other = new PortPool();
    other.close();
    other.on('closed', () => {});
    t.equal(running.size, 0);
    using last = new PortPool();
    last.on('listening', () => {});
    t.equal(running.size, 1);
  },
);

t.test('a closed pool has no reservations, and holds nothing', async (t) => {
  const pool = new PortPool();
  const { port } = await pool.reserve('web');
  pool.close();
  t.strictSame([pool.size, pool.at(port), pool.of('web')], [0, undefined, []]);
  t.equal(canBePlainlyBound(port), true);
});

t.test('a pool of one address holds its ports there alone', async (t) => {
  using pool = new PortPool({ host: '127.0.0.1' });
  const { port } = await pool.reserve('web');
  t.equal(canBePlainlyBound(port, 'tcp', '127.0.0.1'), false);
  if (NO_SECOND_LOOPBACK === false) t.equal(canBePlainlyBound(port, 'tcp', '127.0.0.2'), true);
  t.throws(() => new PortPool({ host: 'a b' }), { message: /^host "a b"/ });
});

t.test('a pool tells when a server listens and stops', { skip: NOT_BESIDE }, async (t) => {
  using pool = new PortPool();
  const reserved = event(pool, 'reserved');
  const listening = event(pool, 'listening');
  const reservation = await pool.reserve('web');
  t.strictSame(await reserved, [reservation]);
  const server = await listen(t, '127.0.0.1', reservation.port, greeter());
  t.strictSame(await listening, [reservation, reservation.port]);
  const closed = event(pool, 'closed');
  await close(server);
  t.strictSame(await closed, [reservation, reservation.port]);
});

t.test('hold: false remembers only', async (t) => {
  const run = freeRun(2);
  using pool = new PortPool({ ports: run });
  const first = await pool.reserve('a', { hold: false });
  t.equal(canBePlainlyBound(first.port), true);
  t.strictSame([first.unheld, pool.numbers().held], [[], 0]);
  t.not((await pool.reserve('b', { hold: false })).port, first.port);
});

t.test('a signal leaves nothing reserved', async (t) => {
  using pool = new PortPool();
  await t.rejects(pool.reserve('a', { signal: AbortSignal.abort() }), { name: 'AbortError' });
  t.match(pool.numbers(), { reservations: 0, made: 0 });
  await t.rejects(pool.reserve('a', { signal: 5 as never }), { name: 'TypeError', message: /^signal / });
});

t.test('bad arguments are named', async (t) => {
  using pool = new PortPool();
  for (const [owner, options, message] of [
    [5, {}, /^owner must be a string/],
    ['', {}, /^owner must not be empty/],
    ['a', { count: 0 }, /^count 0/],
    ['a', { contiguous: 1 }, /^contiguous must be true or false/],
    ['a', { hold: 'yes' }, /^hold must be/],
    ...['x', 0, -1, 1.5, null, {}, Number.NaN].map(
      (process) => ['a', { process }, /^process must be the number/] as const,
    ),
    ['a', { cuont: 2 }, /"cuont"/],
    ['a', { prefer: 70_000 }, /70000/],
    ['a', { transport: 'sctp' }, /transport/],
  ] as const) {
    await t.rejects(pool.reserve(owner as never, options as never), { message });
  }
  t.throws(() => new PortPool({ cooldown: -1 }), { message: /^cooldown -1/ });
  t.throws(() => new PortPool({ state: '' }), { message: /^state ""/ });
  pool.close();
  await t.rejects(pool.reserve('a'), { code: 'ERR_PORT_RELEASED', message: /^the pool is closed/ });
});
