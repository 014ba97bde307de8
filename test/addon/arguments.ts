import { createRequire } from 'node:module';
import t from 'tap';
import { ROOT } from '../support/dist';

/** The addon itself, without the checks that TypeScript makes of those who call it. */
const addon = createRequire(__filename)('node-gyp-build')(ROOT) as Record<
  string,
  (...words: unknown[]) => unknown
>;

const BYTES = 8192;
const all = (): Uint8Array => new Uint8Array(BYTES).fill(0xff);

const PICK = { ports: all(), count: 1, hosts: [], transports: ['tcp'], hold: false, reuseAddress: false };
const BIND = {
  ports: new Uint8Array(BYTES),
  method: 'bind',
  hosts: ['127.0.0.1'],
  transports: ['tcp'],
  timeout: 1,
  concurrency: 1,
  reset: false,
  skipIfDown: false,
};
const CONNECT = { ...BIND, method: 'connect' };
const PACE = { steps: [[Infinity, 1]], restPerSweep: 1 };

function detached(): Uint8Array {
  const bytes = all();
  structuredClone(bytes, { transfer: [bytes.buffer as ArrayBuffer] });
  return bytes;
}

/** A view of a buffer that became too short for it. */
function shrunk(): Uint8Array {
  const buffer = Reflect.construct(ArrayBuffer, [BYTES, { maxByteLength: 2 * BYTES }]);
  const bytes = new Uint8Array(buffer, 0, BYTES);
  buffer.resize(100);
  return bytes;
}

const NO_BITMAPS: Record<string, unknown> = {
  nothing: undefined,
  null: null,
  'a number': 1,
  'an array': Array(BYTES).fill(1),
  'a short one': new Uint8Array(BYTES - 1),
  'a long one': new Uint8Array(BYTES + 1),
  'other bytes': new Uint8ClampedArray(BYTES),
  'other numbers': new Uint16Array(BYTES / 2),
  'a view of another kind': new DataView(new ArrayBuffer(BYTES)),
  'a bare buffer': new ArrayBuffer(BYTES),
  'a shared one': new Uint8Array(new SharedArrayBuffer(BYTES)),
  'a detached one': detached(),
  'a shrunk one': shrunk(),
  'one that only says so': new Proxy(all(), {}),
};

t.test('a bitmap has 8,192 bytes of its own', async (t) => {
  for (const [what, ports] of Object.entries(NO_BITMAPS)) {
    t.throws(() => addon.pickAtOnce?.(ports), { name: 'TypeError', message: /^ports: / }, what);
    for (const name of ['pickSync', 'pick']) {
      t.throws(() => addon[name]?.({ ...PICK, ports }), { name: 'TypeError', message: /^ports: / }, what);
    }
    for (const name of ['scanSync', 'scan']) {
      t.throws(() => addon[name]?.({ ...BIND, ports }), { name: 'TypeError', message: /^ports: / }, what);
    }
  }
  t.match(addon.pickSync?.({ ...PICK, ports: new Uint8Array(2 * BYTES).fill(0xff).subarray(BYTES) }), {
    ports: { length: 1 },
  });
  t.match(addon.pickSync?.({ ...PICK, ports: Buffer.alloc(BYTES, 0xff) }), { ports: { length: 1 } });
});

/** Calls that differ in one value from one that is right, and what the error says of it. */
const REFUSALS: readonly (readonly [name: string, words: readonly unknown[], message: RegExp])[] = [
  ['hasTrustedOwner', [5], /^path: expected a string, not 5$/],
  ['pickSync', [], /^request: expected an object, not undefined$/],
  ['pickSync', [5], /^request: expected an object, not 5$/],
  ['pickSync', [{ ...PICK, count: 0 }], /^count: expected 1 to 65535, not 0$/],
  ['pickSync', [{ ...PICK, count: 65_536 }], /^count: /],
  ['pickSync', [{ ...PICK, count: 1.5 }], /^count: expected no fraction, not 1.5$/],
  ['pickSync', [{ ...PICK, count: Number.NaN }], /^count: /],
  ['pickSync', [{ ...PICK, count: '1' }], /^count: expected a number, not "1"$/],
  ['pickSync', [{ ...PICK, count: 'x'.repeat(80) }], /^count: expected a number, not "x{80}"$/],
  ['pickSync', [{ ...PICK, count: 'ü'.repeat(41) }], /^count: expected a number, not a text of 82 bytes$/],
  ['pickSync', [{ ...PICK, hold: 'banana' }], /^hold: expected 'exclusive', not "banana"$/],
  ['pickSync', [{ ...PICK, hold: 1 }], /^hold: expected true or false, not 1$/],
  ['pickSync', [{ ...PICK, hold: undefined }], /^hold: /],
  ['pickSync', [{ ...PICK, reuseAddress: 0 }], /^reuseAddress: /],
  ['pickSync', [{ ...PICK, hosts: '127.0.0.1' }], /^hosts: expected an array, not "127.0.0.1"$/],
  ['pickSync', [{ ...PICK, hosts: new Proxy([], {}) }], /^hosts: expected an array, not an object$/],
  ['pickSync', [{ ...PICK, hosts: [''] }], /^hosts: expected IP addresses, not ""$/],
  ['pickSync', [{ ...PICK, hosts: ['localhost'] }], /^hosts: expected IP addresses, not "localhost"$/],
  ['pickSync', [{ ...PICK, hosts: [Symbol('x')] }], /^hosts: expected a string, not a symbol$/],
  ['pickSync', [{ ...PICK, hosts: Array(3) }], /^hosts: expected a string, not undefined$/],
  ['pickSync', [{ ...PICK, transports: [] }], /^transports: expected one transport, or both, not an array$/],
  ['pickSync', [{ ...PICK, transports: ['tcp', 'tcp'] }], /^transports: /],
  [
    'pickSync',
    [{ ...PICK, transports: ['tcp', 'udp', 'tcp'] }],
    /^transports: expected one transport, or both/,
  ],
  ['pickSync', [{ ...PICK, transports: () => ['tcp'] }], /^transports: expected an array, not a function$/],
  ['pickSync', [{ ...PICK, transports: ['sctp'] }], /^transports: expected 'tcp' or 'udp', not "sctp"$/],
  [
    'scanSync',
    [{ ...BIND, method: 'nonsense' }],
    /^method: expected 'bind' or 'connect' or 'table', not "nonsense"$/,
  ],
  ['scanSync', [{ ...BIND, method: undefined }], /^method: /],
  ['scan', [{ ...BIND, method: 'both' }], /^method: /],
  ['scanSync', [{ ...BIND, method: 'table', transports: [] }], /^transports: /],
  ['scanSync', [{ ...CONNECT, hosts: [] }], /^hosts: expected one address to connect to, not an array$/],
  ['scanSync', [{ ...CONNECT, hosts: ['127.0.0.1', '::1'] }], /^hosts: /],
  ['scanSync', [{ ...CONNECT, timeout: 0 }], /^timeout: /],
  ['scanSync', [{ ...CONNECT, timeout: Infinity }], /^timeout: expected 1 to 2147483647, not Infinity$/],
  ['scanSync', [{ ...CONNECT, concurrency: 0 }], /^concurrency: /],
  ['scanSync', [{ ...CONNECT, concurrency: -1 }], /^concurrency: /],
  ['scanSync', [{ ...CONNECT, skipIfDown: 'yes' }], /^skipIfDown: /],
  ['scanSync', [{ ...CONNECT, reset: undefined }], /^reset: expected true or false, not undefined$/],
  ['socketOwners', [[0]], /^ownerKeys: expected 1 to 9007199254740991, not 0$/],
  ['socketOwners', [[1.5]], /^ownerKeys: expected no fraction, not 1.5$/],
  ['findSocketOwners', [1], /^ownerKeys: expected an array, not 1$/],
  ['tablePorts', ['sctp', 'all'], /^transport: expected 'tcp' or 'udp', not "sctp"$/],
  ['tablePorts', ['tcp', 'some'], /^states: expected 'all' or 'listen', not "some"$/],
  ['tableSockets', [], /^transport: /],
  ['tableSockets', ['tcp', 'all', []], /^ports: /],
  // To all processes of the group, and to all of the machine, kill(2) would send a signal.
  ['openProcess', [0], /^pid: expected 1 to 2147483647, not 0$/],
  ['openProcess', [-1], /^pid: /],
  ['signalProcess', ['1', 15], /^process: /],
  ['signalProcess', [1, 65], /^signal: expected 0 to 64, not 65$/],
  ['processHasEnded', [], /^process: /],
  ['closeProcess', [null], /^process: /],
  ['watchListeners', [], /^pace: /],
  ['watchListeners', [{ ...PACE, steps: [] }, () => {}], /^steps: expected one step at least, not an array$/],
  ['watchListeners', [{ ...PACE, steps: [[1]] }, () => {}], /^steps: /],
  ['watchListeners', [{ ...PACE, steps: [[1, Number.NaN]] }, () => {}], /^steps: /],
  ['watchListeners', [{ ...PACE, steps: [[1, Infinity]] }, () => {}], /^steps: /],
  ['watchListeners', [{ ...PACE, restPerSweep: -1 }, () => {}], /^restPerSweep: /],
  ['watchListeners', [{ ...PACE, restPerSweep: Infinity }, () => {}], /^restPerSweep: /],
  ['watchListeners', [PACE, {}], /^onChange: expected a function, not an object$/],
  ['isAddress', [127], /^address: expected a string, not 127$/],
  ['isLocalAddress', [], /^address: /],
  ['hasRoute', [null], /^address: expected a string, not null$/],
  ['tryLock', [-1], /^fd: expected 0 to 2147483647, not -1$/],
  ['tryLock', ['0'], /^fd: /],
  ['tryLockContent', [-1, true], /^fd: /],
  ['tryLockContent', [0, 1], /^isExclusive: expected true or false, not 1$/],
  ['holdOffWriters', [], /^fd: expected a number, not undefined$/],
  ['areWritersHeldOff', [2 ** 31], /^fd: /],
  ['openFolder', ['tmp'], /^path: expected an absolute path, not "tmp"$/],
  ['openFolder', ['/tmp\0'], /^path: /],
  ['openInFolder', [-1, 'x', 0, 0], /^folder: /],
  ['openInFolder', [0, '../x', 0, 0], /^name: expected the name of a file, not "..\/x"$/],
  ['openInFolder', [0, '..', 0, 0], /^name: /],
  ['openInFolder', [0, '', 0, 0], /^name: /],
  ['openInFolder', [0, 'x', -1, 0], /^flags: /],
  ['openInFolder', [0, 'x', 0, 0o10000], /^mode: /],
  ['statInFolder', [0, 'a\0b'], /^name: /],
  ['renameInFolder', [0, 'x'], /^to: expected a string, not undefined$/],
  ['linkInFolder', [0, 'x', '/etc/passwd'], /^to: /],
  ['unlinkInFolder', [0, 5], /^name: /],
  ['makeFolderInFolder', [0, 'x/y', 0], /^name: /],
  // To all processes of the group, and to all of the machine, kill(2) would pass signals on.
  ['watchProcess', [0, () => {}], /^pid: /],
  ['isListening', [1, 1], /^address: /],
  ['isListening', ['::1', 0], /^port: /],
  ['hangUp', [[-1], 0], /^descriptors: expected 0 to 2147483647, not -1$/],
  ['hangUp', [[], -1], /^patience: /],
  ['hangUpBehind', [-1], /^descriptor: /],
  ['relaySignalsTo', [0], /^pid: expected 2 to 2147483647, not 0$/],
  ['relaySignalsTo', [-1], /^pid: /],
];

t.test('what the addon does not know it refuses, by the name and the value', async (t) => {
  for (const [name, words, message] of REFUSALS) {
    t.throws(() => addon[name]?.(...words), { name: /^(Type|Range)Error$/, message }, `${name} ${message}`);
  }
});

t.test('an error of a getter is passed on, and no call is disturbed by one inside', async (t) => {
  const mine = new Error('mine');
  for (const key of Object.keys(PICK)) {
    const request = Object.defineProperty({ ...PICK }, key, {
      get() {
        throw mine;
      },
    });
    t.throws(() => addon.pickSync?.(request), mine);
  }
  const request = {
    ...PICK,
    get count() {
      addon.pickSync?.(PICK);
      return 2;
    },
  };
  t.match(addon.pickSync?.(request), { ports: { length: 2 } });
});
