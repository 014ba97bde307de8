import '../support/alone';

import { closeSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { LeaseHandle, Pick, ServerSocket } from '../../lib/addon/contract';
import { ROOT } from '../support/dist';

/** How many calls each function gets; the long form has 50,000. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 300);

/** The addon itself, without the checks that TypeScript makes of those who call it. */
const addon = createRequire(__filename)('node-gyp-build')(ROOT) as Record<
  string,
  (...words: unknown[]) => unknown
>;

const BYTES = 8192;

function bitmap(ports: readonly number[]): Uint8Array {
  const bits = new Uint8Array(BYTES);
  for (const port of ports) bits[port >> 3] = (bits[port >> 3] ?? 0) | (1 << (port & 7));
  return bits;
}

function detached(length: number): Uint8Array {
  const buffer = new ArrayBuffer(length);
  const bytes = new Uint8Array(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  return bytes;
}

/** Throws, or answers with something else each time it is asked. */
function hostile(value: unknown): object {
  let count = 0;
  return new Proxy(() => value, {
    get: (_, key) => {
      count++;
      if (key === 'length') return count;
      if (count % 3 === 0) throw new Error('a getter threw');
      return value;
    },
    getPrototypeOf: () => (count % 2 ? Array.prototype : Uint8Array.prototype),
  });
}

const length = fc.constantFrom(0, 1, 8, BYTES - 1, BYTES, BYTES + 1, 65_536);
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
  }),
  fc.double(),
  length.map((size) => new Uint8Array(size)),
  length.map((size) => new Uint8Array(new SharedArrayBuffer(size))),
  length.map((size) => new Int8Array(size)),
  length.map((size) => new DataView(new ArrayBuffer(size))),
  length.map(detached),
  fc.anything().map(hostile),
  fc.constantFrom(Symbol('odd'), () => 1, Number.NaN, -0, 2 ** 53, -(2 ** 31), '\0', '::1%', '1.2.3.4.5'),
);

const often = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: odd });

const ports = often(fc.array(fc.integer({ min: 0, max: 65_535 }), { maxLength: 20 }).map(bitmap));
const host = often(fc.constantFrom('127.0.0.1', '::1', '::', '0.0.0.0', '::ffff:127.0.0.1'));
const transport = often(fc.constantFrom('tcp', 'udp'));
const states = often(fc.constantFrom('all', 'listen'));

const pick = often(
  fc.record({
    ports,
    count: often(fc.integer({ min: 1, max: 3 })),
    hosts: often(fc.array(host, { maxLength: 2 })),
    transports: often(fc.array(transport, { maxLength: 2 })),
    hold: often(fc.constantFrom(true, false, 'exclusive')),
    reuseAddress: often(fc.boolean()),
  }),
);
const scan = often(
  fc.record({
    ports,
    method: often(fc.constantFrom('bind', 'connect', 'table')),
    hosts: often(fc.array(host, { minLength: 1, maxLength: 2 })),
    transports: often(fc.array(transport, { minLength: 1, maxLength: 2 })),
    timeout: often(fc.integer({ min: 1, max: 5 })),
    concurrency: often(fc.integer({ min: 1, max: 100 })),
    reset: often(fc.boolean()),
    skipIfDown: often(fc.boolean()),
  }),
);
const pace = often(
  fc.record({
    steps: often(fc.array(often(fc.tuple(fc.double(), fc.double())), { maxLength: 3 })),
    restPerSweep: often(fc.double({ min: 0, max: 100 })),
  }),
);

/**
 * What the calls take. Left out are those that act on other processes, on files and on the descriptors of this one:
 * a number by chance would be somebody's.
 */
const CALLS: Record<string, fc.Arbitrary<unknown[]>> = {
  ephemeralRanges: fc.array(odd, { maxLength: 1 }),
  reservedRanges: fc.array(odd, { maxLength: 1 }),
  tablePorts: fc.tuple(transport, states),
  tableSockets: fc.tuple(transport, states),
  findSocketOwners: fc.tuple(often(fc.array(fc.integer({ min: 1, max: 100_000 }), { maxLength: 3 }))),
  isListening: fc.tuple(host, often(fc.integer({ min: 0, max: 65_535 }))),
  isAddress: fc.tuple(host),
  isLocalAddress: fc.tuple(host),
  hasRoute: fc.tuple(host),
  watchListeners: fc.tuple(pace, often(fc.constant(() => {}))),
  pickAtOnce: fc.tuple(ports),
  pickSync: fc.tuple(pick),
  pick: fc.tuple(pick),
  scanSync: fc.tuple(scan),
  scan: fc.tuple(scan),
};

/** What an engine says of a value that nobody checked. */
const USELESS = /^(Invalid argument|A \w+ was expected|Cannot .*|.* is not a function|)$/;

/** Ends what a call has begun. */
function end(name: string, answer: unknown): void {
  if (name === 'take' && typeof answer === 'number') closeSync(answer);
  if (name === 'openServer' && typeof answer === 'object') closeSync((answer as ServerSocket).fd);
  if (typeof answer !== 'object' || answer === null) return;
  if ('stop' in answer) (answer as { stop(): void }).stop();
  if ('result' in answer) {
    const job = answer as { result: Promise<unknown>; cancel(): void; done(): number };
    job.done();
    if (Math.random() < 0.5) job.cancel();
    void job.result.then(release, (error) => check(error));
  }
  release(answer);
}

function release(answer: unknown): void {
  const leases = (answer as { leases?: LeaseHandle[] } | undefined)?.leases ?? [];
  for (const held of leases) held.release();
}

function check(error: unknown): void {
  if (!(error instanceof Error)) throw new Error(`thrown: ${String(error)}`);
  if (USELESS.test(error.message)) throw error;
}

/** The methods of a lease. */
const LEASE_CALLS: { [Name in keyof LeaseHandle]: fc.Arbitrary<unknown[]> } = {
  holds: fc.tuple(fc.option(transport, { nil: undefined })),
  descriptors: fc.tuple(fc.option(transport, { nil: undefined })),
  take: fc.tuple(transport),
  release: fc.tuple(fc.option(transport, { nil: undefined })),
  openServer: fc.tuple(transport, often(fc.constantFrom('', '127.0.0.1', '::')), often(fc.boolean())),
  endListening: fc.array(odd, { maxLength: 1 }),
  activate: fc.array(odd, { maxLength: 1 }),
};

const PICK = {
  ports: new Uint8Array(BYTES).fill(0xff),
  count: 1,
  hosts: [],
  transports: ['tcp'],
  hold: false,
  reuseAddress: false,
};

for (const [name, words] of Object.entries(CALLS)) {
  t.test(`${name} takes whatever it gets, or says what is wrong with it`, async (t) => {
    checkProperty(name, words, (given) => addon[name]?.(...given));
    checkAddon(t);
  });
}

/** Nothing but a server closes a socket that is no descriptor. */
const NO_CLOSE = process.platform === 'win32' ? 'sockets are no descriptors on Windows' : false;

for (const [name, words] of Object.entries(LEASE_CALLS)) {
  const skip = name === 'take' && NO_CLOSE;
  t.test(`${name} of a lease takes whatever it gets, or says what is wrong with it`, { skip }, async (t) => {
    checkProperty(name, words, (given) => {
      const picked = addon.pickSync?.({ ...PICK, hold: 'exclusive', transports: ['tcp', 'udp'] }) as Pick;
      const [held] = picked.leases;
      try {
        return held === undefined ? undefined : Reflect.apply(held[name as keyof LeaseHandle], held, given);
      } finally {
        if (name !== 'take') release(picked);
      }
    });
    checkAddon(t);
  });
}

function checkProperty(
  name: string,
  words: fc.Arbitrary<unknown[]>,
  call: (given: unknown[]) => unknown,
): void {
  fc.assert(
    fc.property(words, (given) => {
      let answer: unknown;
      try {
        answer = call(given);
      } catch (error) {
        check(error);
        return;
      }
      end(name, answer);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
}

/** The addon is as it was. */
function checkAddon(t: Test): void {
  t.equal(addon.isAddress?.('::1'), true);
  t.match(addon.pickSync?.(PICK), { ports: [Number] });
}
