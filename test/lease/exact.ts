import t from 'tap';
import { PortSystemError } from '../../lib/errors/port-system-error';
import { HostError } from '../../lib/host/errors';
import type { LeasePlace } from '../../lib/lease/exact';
import { leaseSync } from '../../lib/lease/lease';
import { NoFreePortError } from '../../lib/pick/errors';
import { PortSet } from '../../lib/ports/port-set';

const PORT = 7000;
const IN_USE = { code: 'ERR_PORT_IN_USE', port: PORT, portName: 'web' };

interface Setting {
  /** What a plain lease throws. */
  readonly refusal?: unknown;
  readonly isListenedOn?: boolean;
  /** How many closed connections are at the port. */
  readonly lingering?: number;
  /** Whether somebody has the port open before we come. */
  readonly isOpen?: boolean;
  /** How many sockets are open at the port when we have ours, at each attempt; the last one counts from there on. */
  readonly open?: readonly (number | Error)[];
  /** What a lease beside closed connections throws. */
  readonly reuseRefusal?: unknown;
}

/** What became of the calls since the last setting. */
const NOTHING = { attempts: 0, held: 0, pauses: [] as number[], looks: 0, asked: [] as string[] };
let seen = NOTHING;
let setting: Setting = {};

class Lease {
  readonly port = PORT;
  constructor() {
    seen.held++;
  }
  release() {
    seen.held--;
  }
}

const refuse = () => {
  throw setting.refusal ?? new NoFreePortError(new PortSet(PORT), ['tcp'], 1, 0);
};

const socket = (hasProcess: boolean, port = PORT) => ({ port, hasProcess });

const socketsOf = (count: number, hasProcess: boolean) =>
  Array.from({ length: count }, () => socket(hasProcess));

function tableSockets(transport: string, state: string) {
  seen.looks++;
  if (transport !== 'tcp' || state !== 'all') throw new Error(`${transport} ${state}`);
  const others = [socket(true, 1), socket(false, 2), ...socketsOf(setting.lingering ?? 1, false)];
  if (seen.held === 0) return setting.isOpen ? [...others, socket(true)] : others;
  const open = setting.open?.[seen.attempts - 1] ?? setting.open?.at(-1) ?? 1;
  if (open instanceof Error) throw open;
  return [...others, ...socketsOf(open, true)];
}

function owners(_: number, transport: string) {
  seen.asked.push(transport);
  return transport === 'udp' ? [{ pid: 17, command: 'dns' }] : [];
}

/** The module with a kernel that answers as the setting says. */
const { leaseExact, leaseExactSync } = t.mockRequire<typeof import('../../lib/lease/exact')>(
  '../../lib/lease/exact',
  {
    '../../lib/addon/addon': {
      addon: {
        tablePorts: () => (setting.isListenedOn ? new PortSet(PORT) : new PortSet(1)).bits,
        tableSockets,
      },
    },
    '../../lib/lease/lease': {
      Lease,
      lease: async () => refuse(),
      leaseSync: refuse,
      leaseWithReuseSync: () => {
        seen.attempts++;
        if (setting.reuseRefusal !== undefined) throw setting.reuseRefusal;
        return new Lease();
      },
    },
    '../../lib/pick/errors': { NoFreePortError },
    '../../lib/host/errors': { HostError },
    '../../lib/host/addresses': { addressesSync: () => ['127.0.0.1', '::1'] },
    '../../lib/errors/port-system-error': { PortSystemError },
    '../../lib/machine/port-owners': {
      portOwners: owners,
      findPortOwners: async (...words: [number, string]) => owners(...words),
    },
    '../../lib/timing/sleep': { sleepSync: (ms: number) => seen.pauses.push(ms) },
    'node:timers/promises': { setTimeout: async (ms: number) => void seen.pauses.push(ms) },
  },
);

/** Both ways of taking a port, one after the other, each with a fresh kernel. */
function* each(kernel: Setting, place: LeasePlace = {}) {
  for (const call of [() => leaseExact(PORT, 'web', place), async () => leaseExactSync(PORT, 'web', place)]) {
    setting = kernel;
    seen = { ...NOTHING, pauses: [], asked: [] };
    yield { call, seen };
  }
}

t.test('a port that only closed connections have is held', async (t) => {
  for (const { call, seen } of each({})) {
    t.match(await call(), { port: PORT });
    t.match(seen, { attempts: 1, held: 1, pauses: [] });
  }
});

t.test('two that want it let go, pause, and try again', async (t) => {
  for (const { call, seen } of each({ open: [2, 2, 1] })) {
    await call();
    t.match(seen, { attempts: 3, held: 1 });
    t.equal(seen.pauses.length, 2);
    for (const pause of seen.pauses) t.ok(pause >= 0 && pause <= 8, `${pause} ms`);
  }
});

t.test('after five attempts it is in use', async (t) => {
  for (const { call, seen } of each({ open: [2] })) {
    await t.rejects(call(), IN_USE);
    t.match(seen, { attempts: 5, held: 0 });
    t.equal(seen.pauses.length, 5);
  }
});

t.test('a lease of a name has a socket for each of its addresses', async (t) => {
  for (const { call } of each({ open: [2] }, { host: 'localhost' })) t.match(await call(), { port: PORT });
  for (const { call } of each({ open: [1, 3] }, { host: 'localhost' })) await t.rejects(call(), IN_USE);
});

t.test('nothing is tried where somebody has the port', async (t) => {
  for (const setting of [{ isListenedOn: true }, { isOpen: true }, { lingering: 0 }]) {
    for (const { call, seen } of each(setting)) {
      await t.rejects(call(), IN_USE);
      t.match(seen, { attempts: 0, looks: 'isListenedOn' in setting ? 0 : 1 });
    }
  }
});

t.test('datagrams linger nowhere, and who has their port is told', async (t) => {
  for (const transport of ['udp', 'both'] as const) {
    for (const { call, seen } of each({ isListenedOn: true }, { transport })) {
      await t.rejects(call(), { ...IN_USE, owner: { pid: 17 } });
      t.strictSame(seen.asked, transport === 'udp' ? ['udp'] : ['tcp', 'udp']);
    }
  }
  for (const { call, seen } of each({}, { transport: 'udp' })) {
    await t.rejects(call(), IN_USE);
    t.equal(seen.looks, 0);
  }
});

t.test('a port that cannot be held beside them either is in use, any other failure is told', async (t) => {
  const inUse = new NoFreePortError(new PortSet(PORT), ['tcp'], 1, 0);
  for (const reuseRefusal of [inUse, new HostError('app', 'no such address')]) {
    for (const { call, seen } of each({ reuseRefusal })) {
      await t.rejects(call(), IN_USE);
      t.equal(seen.attempts, 1);
    }
  }
  const fault = new PortSystemError('EMFILE', 'socket', 'EMFILE: no descriptor is left');
  for (const { call } of each({ reuseRefusal: fault })) await t.rejects(call(), fault);
  for (const { call } of each({ refusal: fault })) await t.rejects(call(), fault);
});

t.test('where the table cannot be read, nothing stays held', async (t) => {
  const fault = new PortSystemError('ENOBUFS', 'netlink', 'ENOBUFS: no buffer space available');
  for (const { call, seen } of each({ open: [fault] })) {
    await t.rejects(call(), fault);
    t.equal(seen.held, 0);
  }
});

t.test('a port that this process may not bind is not called used', async (t) => {
  const refuse = (denied: number, reserved: number) =>
    new NoFreePortError(new PortSet(PORT), ['tcp'], 1, 0, denied, reserved);
  for (const [refusal, message] of [
    [refuse(1, 0), /^EACCES: port 7000 of "web" may not be bound by this process/],
    [refuse(0, 1), /^EACCES: port 7000 of "web" is reserved by Windows/],
  ] as const) {
    for (const { call, seen } of each({ refusal })) {
      await t.rejects(call(), { code: 'ERR_PORT_SYSTEM', systemCode: 'EACCES', syscall: 'bind', message });
      t.equal(seen.looks, 0);
    }
  }
});

t.test('who uses a port may stay unknown', async (t) => {
  const held = leaseSync();
  t.teardown(() => held.release());
  const fault = new PortSystemError('ENOBUFS', 'netlink', 'ENOBUFS: no buffer space available');
  const bug = new TypeError('a fault of ours');
  for (const [thrown, expected] of [
    [fault, { code: 'ERR_PORT_IN_USE', owner: undefined }],
    [bug, bug],
  ] as const) {
    const { leaseExactSync } = t.mockRequire<typeof import('../../lib/lease/exact')>(
      '../../lib/lease/exact',
      {
        '../../lib/errors/port-system-error': { PortSystemError },
        '../../lib/machine/port-owners': {
          portOwners: () => {
            throw thrown;
          },
        },
      },
    );
    t.throws(() => leaseExactSync(held.port, 'web', {}), expected);
  }
});
