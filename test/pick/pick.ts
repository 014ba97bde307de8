import '../support/alone';

import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { addon } from '../../lib/addon/addon';
import type { PickRequest } from '../../lib/addon/contract';
import { leaseManySync, leaseSync } from '../../lib/lease/lease';
import { usedPorts } from '../../lib/machine/used-ports';
import { NoFreePortError } from '../../lib/pick/errors';
import { pickSync } from '../../lib/pick/judged-pick';
import type { PickOptions } from '../../lib/pick/pick';
import {
  allocate,
  allocateSync,
  getPort,
  getPortSync,
  selectRandom,
  selectRandomSync,
} from '../../lib/pick/pick';
import { PortSet } from '../../lib/ports/port-set';
import { attempt } from '../../lib/process/proc-files';
import { availableGoodPorts } from '../../lib/registry/good-ports';
import { portIsUsedSync } from '../../lib/scan/port-is-used';
import { distPath } from '../support/dist';
import { listen, portOf } from '../support/listen';
import { until } from '../support/program';
import { canBePlainlyBound, hastyGreeter, hearOut } from '../support/sockets';

t.test('a pick without candidates is a good port, and free', async (t) => {
  const good = availableGoodPorts();
  for (let times = 0; times < 50; times++) t.ok(good.has(selectRandomSync()));
  t.ok(good.has(await selectRandom()));
  t.ok(availableGoodPorts({ transport: 'udp' }).has(selectRandomSync({ transport: 'udp' })));
});

t.test('a pick for both transports is good for each of them', async (t) => {
  const picked = new PortSet(allocateSync(500, { transport: 'both' }));
  t.equal(picked.difference(availableGoodPorts()).size, 0);
  t.equal(picked.difference(availableGoodPorts({ transport: 'udp' })).size, 0);
});

t.test('a pick takes the only candidate that is free', async (t) => {
  const held = leaseManySync(20);
  const [free, ...used] = held;
  if (free === undefined) throw new Error('nothing is held');
  t.teardown(() => {
    for (const lease of used) lease.release();
  });
  const ports = held.map(({ port }) => port);
  t.throws(() => selectRandomSync({ ports }), { code: 'ERR_PORT_NONE_FREE', tried: 20, wanted: 1, found: 0 });
  free.release();
  t.equal(selectRandomSync({ ports }), free.port);
  t.equal(await selectRandom({ ports }), free.port);
  t.equal(await selectRandom({ ports, host: 'localhost' }), free.port);
  await t.rejects(selectRandom({ ports, exclude: free.port }), NoFreePortError);
});

t.test('every free candidate is picked sooner or later', async (t) => {
  const ports = allocateSync(8);
  const picked = new Set<number>();
  for (let times = 0; times < 400; times++) picked.add(selectRandomSync({ ports }));
  t.strictSame([...picked].sort(), [...ports].sort());
  const neighbours = Array.from({ length: 300 }, () => selectRandomSync({ ports: '20000-20063' }));
  t.ok(new Set(neighbours).size > 10, 'of ports in a row, too');
});

t.test('the lowest ports are asked as well', async (t) => {
  try {
    t.ok(selectRandomSync({ ports: '1-63' }) < 64);
  } catch (error) {
    // They take root.
    if (!(error instanceof NoFreePortError)) throw error;
    t.ok(error.denied > 0);
  }
});

t.test('no two processes and no two threads draw alike', async (t) => {
  const pick = `require(${JSON.stringify(distPath('index.js'))}).allocateSync(5, { ports: '10000-30000' }).join()`;
  const words = ['-e', `console.log(${pick})`];
  const byProcesses = [0, 1].map(() => spawnSync(process.execPath, words, { encoding: 'utf8' }).stdout);
  const program = `require('node:worker_threads').parentPort.postMessage(${pick})`;
  const byThreads = [0, 1].map(async () => {
    const worker = new Worker(program, { eval: true, execArgv: [] });
    const [drawn] = await once(worker, 'message');
    return `${drawn}\n`;
  });
  const drawn = [...byProcesses, ...(await Promise.all(byThreads))];
  for (const ports of drawn) t.match(ports, /^(\d{5},){4}\d{5}\n$/);
  t.equal(new Set(drawn).size, 4);
});

t.test(
  'what the table calls used is asked where nothing else is left',
  { skip: process.platform === 'linux' ? false : 'only Linux binds beside TIME_WAIT so' },
  async (t) => {
    const server = await listen(t, '127.0.0.1', undefined, hastyGreeter());
    const port = portOf(server);
    await hearOut(port, '127.0.0.1');
    server.close();
    t.ok(await until(() => usedPorts().has(port) && !usedPorts({ state: 'listen' }).has(port)));
    t.notOk(canBePlainlyBound(port), 'it is in TIME_WAIT');
    // So many wanted at once that the pick looks at the table first. Another test may take one of them meanwhile.
    const pickAll = () => {
      const wanted = new PortSet([port, ...allocateSync(150, { ports: '10000-30000' })]);
      return attempt(() => pickSync(wanted.size, { ports: wanted }, false, true).ports.includes(port));
    };
    t.ok([0, 1, 2].some(pickAll));
  },
);

t.test('named candidates are taken at their word, ephemeral or not', async (t) => {
  const port = selectRandomSync({ ports: '33000-60000' });
  t.ok(port >= 33000 && port <= 60000);
});

t.test('one number can be picked for both transports', async (t) => {
  const udp = leaseSync({ transport: 'udp' });
  t.teardown(() => udp.release());
  t.equal(selectRandomSync({ ports: udp.port }), udp.port);
  t.throws(() => selectRandomSync({ ports: udp.port, transport: 'both' }), NoFreePortError);
  t.throws(() => selectRandomSync({ ports: udp.port, transport: 'udp' }), NoFreePortError);
});

t.test('closed connections do not count, but every datagram socket does', async (t) => {
  const socket = createSocket({ type: 'udp4', reuseAddr: true }).bind(0, '127.0.0.1');
  t.teardown(() => socket.close());
  await once(socket, 'listening');
  const { port } = socket.address();
  t.throws(() => pickSync(1, { ports: port, transport: 'udp' }, true, true), { code: 'ERR_PORT_NONE_FREE' });
});

t.test('a port of datagrams may have a TCP server of another', async (t) => {
  const port = portOf(await listen(t, undefined));
  t.equal(selectRandomSync({ ports: port, transport: 'udp' }), port);
  t.equal(await selectRandom({ ports: port, transport: 'udp' }), port);
});

t.test('a picked port is bound no longer when the pick returns', async (t) => {
  const ports = allocateSync(2);
  const picks = [
    () => selectRandomSync({ ports }),
    () => selectRandomSync({ ports, order: 'ascending' }),
    () => allocateSync(2, { ports })[1],
    () => selectRandom({ ports, order: 'given' }),
    async () => (await allocate(2, { ports }))[1],
  ];
  for (const pick of picks) {
    const port = (await pick()) ?? 0;
    // At an address of its own: the next pick everywhere would give back what this one still has.
    t.ok(canBePlainlyBound(port, 'tcp', '127.0.0.1'), `${pick}`);
  }
});

t.test('a pick that is aborted is cancelled', async (t) => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const { pick } = addon;
  let cancels = 0;
  t.intercept(addon, 'pick', {
    value: (request: PickRequest) => {
      const job = pick(request);
      queueMicrotask(() => controller.abort(reason));
      return {
        ...job,
        cancel: () => {
          cancels++;
          job.cancel();
        },
      };
    },
  });
  await t.rejects(selectRandom({ host: '127.0.0.1', signal: controller.signal }), reason);
  t.equal(cancels, 1);
});

t.test('a signal is heard before the answer, in whichever form the pick is', async (t) => {
  const reason = new Error('enough');
  const picks: ((options: PickOptions) => Promise<unknown>)[] = [
    selectRandom,
    (options) => allocate(2, options),
    (options) => getPort('', options),
  ];
  for (const order of ['random', 'ascending'] as const) {
    for (const pick of picks) {
      const controller = new AbortController();
      const picking = pick({ signal: controller.signal, order });
      controller.abort(reason);
      await t.rejects(picking, reason);
      await t.rejects(pick({ signal: AbortSignal.abort(reason), order }), reason);
      await t.rejects(pick({ signal: {} as never, order }), {
        code: 'ERR_PORT_INVALID_TYPE',
        message: /signal/,
      });
    }
  }
});

t.test('a host that is not of this machine has no free port', async (t) => {
  for (const host of ['192.0.2.1', '2001:db8::1']) {
    t.throws(() => selectRandomSync({ host }), { code: 'ERR_PORT_HOST', host });
    await t.rejects(selectRandom({ host }), { code: 'ERR_PORT_HOST', host });
    await t.rejects(allocate(2, { host, order: 'ascending' }), { code: 'ERR_PORT_HOST', host });
  }
});

t.test('only a lease is exclusive', async (t) => {
  const unknown = { code: 'ERR_PORT_INVALID_VALUE', message: 'unknown option "exclusive"' };
  t.throws(() => selectRandomSync({ exclusive: true } as never), unknown);
  t.throws(() => allocateSync(1, { exclusive: true } as never), unknown);
  await t.rejects(allocate(1, { exclusive: true } as never), unknown);
});

t.test('an error tells which ports cannot be had, and over which transports', async (t) => {
  const told: unknown[][] = [];
  const mocked = t.mockRequire<typeof import('../../lib/pick/judged-pick')>('../../lib/pick/judged-pick', {
    '../../lib/addon/addon': {
      addon: { pickAtOnce: () => 0, pickSync: () => ({ ports: [], leases: [], denied: 2 }) },
    },
    '../../lib/machine/ephemeral-range': {
      kernelPorts: () => ({
        ephemeralRanges: [],
        reservedRanges: [],
        excludedRanges: [{ low: 104, high: 200 }],
      }),
    },
    '../../lib/pick/errors': {
      NoFreePortError: class extends Error {
        constructor(candidates: PortSet, ...others: unknown[]) {
          super('none');
          told.push([`${candidates}`, ...others]);
        }
      },
    },
  });
  for (const transport of ['tcp', 'udp', 'both'] as const)
    t.throws(() => mocked.pickOneSync({ ports: '101-104', transport }), { message: 'none' });
  t.strictSame(told, [
    ['101-104', ['tcp'], 1, 0, 2, 1],
    ['101-104', ['udp'], 1, 0, 2, 1],
    ['101-104', ['tcp', 'udp'], 1, 0, 2, 1],
  ]);
});

t.test('allocated ports are different, free, and as many as were wanted', async (t) => {
  for (const ports of [allocateSync(1000), await allocate(1000)]) {
    t.equal(new Set(ports).size, 1000);
    t.ok(ports.slice(0, 20).every((port) => !portIsUsedSync(port)));
  }
  t.equal(new PortSet(allocateSync(300, { ports: '20000-32000' })).size, 300);
});

t.test('an allocation is all or an error', async (t) => {
  const ports = allocateSync(5);
  t.throws(() => allocateSync(6, { ports }), { code: 'ERR_PORT_NONE_FREE', wanted: 6, found: 5 });
});

t.test('getPort reads a setting as port-for does', async (t) => {
  t.equal(getPortSync(-1), null);
  t.equal(await getPort(-1), null);
  t.equal(getPortSync(' -1'), null, 'as text, too');
  const held = leaseSync();
  t.teardown(() => held.release());
  t.equal(getPortSync(held.port), held.port, 'an exact port comes back unchecked');
  t.equal(await getPort(`${held.port}`), held.port);
  t.throws(() => getPortSync([held.port]), NoFreePortError, 'a list is a choice');
  const good = availableGoodPorts();
  for (const port of [getPortSync(), getPortSync(null), getPortSync(''), await getPort(' ')])
    t.ok(good.has(port ?? 0));
});

t.test('getPort chooses as its options say', async (t) => {
  const [one = 0, other = 0] = allocateSync(2);
  const held = leaseSync({ ports: one, host: '127.0.0.1' });
  t.teardown(() => held.release());
  const both = `${one},${other}`;
  t.equal(getPortSync(both, { exclude: one }), other);
  t.equal(await getPort(both, { exclude: one }), other);
  t.equal(getPortSync([one], { transport: 'udp' }), one);
  t.equal(await getPort([one], { transport: 'udp' }), one);
  t.throws(() => getPortSync({ low: one, high: one }), NoFreePortError, 'a range is a choice too');
  t.equal(getPortSync(` ${one} `), one, 'blanks around a number are none of it');
  for (const spec of [0, 65_536, '65536', '0'])
    t.throws(() => getPortSync(spec), { code: 'ERR_PORT_INVALID_VALUE', message: `${spec}` });
});

t.test('options of other packages are refused with the call that does the same', async (t) => {
  const calls: [options: object, call: string][] = [
    [{ port: 3000 }, '{ ports: 3000 }'],
    [{ port: 3000, host: '127.0.0.1' }, "{ ports: 3000, host: '127.0.0.1' }"],
    [{ host: 'localhost' }, "{ host: 'localhost' }"],
    [{ port: [3000, '3001'] }, "{ ports: [3000, '3001'] }"],
    [{ port: new Set([1, 2, 3, 4, 5]) }, '{ ports: [1, 2, 3, 4, 5] }'],
    [{ port: [3000, 3001, 3002, 3003, 3004, 3010] }, "{ ports: '3000-3010' }"],
    [{ port: null }, '{ ports: null }'],
    ...['exclude', 'reserve', 'stopPort', 'hostname'].map((name): [object, string] => [{ [name]: 3000 }, '']),
  ];
  for (const [options, call] of calls) {
    const refusal = {
      name: 'TypeError',
      code: 'ERR_PORT_INVALID_TYPE',
      message:
        `spec must be a setting such as 8080, '8000-8100' or -1; for a free port call lease(${call}), ` +
        `or selectRandom(${call}), not an instance of Object`,
    };
    t.throws(() => getPortSync(options as never), refusal);
    await t.rejects(getPort(options as never), refusal);
  }
  t.throws(() => getPortSync({} as never), {
    code: 'ERR_PORT_INVALID_TYPE',
    message: /^ports must be a port/,
  });
});

t.test('what is no port is refused, with the argument and the value', async (t) => {
  for (const [ports, message] of [
    [0, /ports 0 is out of range/],
    [70000, /ports 70000 is out of range/],
    [1.5, /ports 1.5 is out of range/],
    [Number.NaN, /ports NaN is out of range/],
    ['abc', /ports "abc" is not a port/],
    ['90-80', /ports 90-80 is empty/],
    [{ low: 90, high: 80 }, /ports 90-80 is empty/],
    [[], /ports must not be empty/],
    [new PortSet(), /ports must not be empty/],
  ] as const) {
    const wanted = { name: 'RangeError', code: 'ERR_PORT_INVALID_VALUE', message };
    t.throws(() => selectRandomSync({ ports }), wanted);
    await t.rejects(selectRandom({ ports }), wanted);
    t.throws(() => allocateSync(1, { ports }), wanted);
  }
  t.throws(() => selectRandomSync({ ports: true as never }), {
    name: 'TypeError',
    code: 'ERR_PORT_INVALID_TYPE',
  });
  t.throws(() => selectRandomSync(8080 as never), { name: 'TypeError', message: /options/ });
  for (const ask of [selectRandomSync, leaseSync, (options: object) => allocateSync(1, options)]) {
    t.throws(() => ask(null as never), { code: 'ERR_PORT_INVALID_TYPE', message: /options .* not null/ });
    t.throws(() => ask({ port: 3000 } as never), { code: 'ERR_PORT_INVALID_VALUE', message: /"ports"/ });
  }
  t.ok(selectRandomSync({ port: undefined } as never));
  await t.rejects(selectRandom(null as never), { code: 'ERR_PORT_INVALID_TYPE' });
  t.throws(() => selectRandomSync({ ports: '1-3', exclude: '1-3' }), { message: /everything is excluded/ });
  t.throws(() => selectRandomSync({ transport: 'sctp' as never }), { name: 'RangeError', message: /"sctp"/ });
});

t.test('a count that can be none is refused', async (t) => {
  for (const count of [0, -1, 1.5, 65536, Number.NaN]) {
    t.throws(() => allocateSync(count), {
      name: 'RangeError',
      message: new RegExp(`count ${count} is out of`),
    });
  }
  await t.rejects(allocate('5' as never), { name: 'TypeError', message: /count/ });
});
