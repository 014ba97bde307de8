import { spawnSync } from 'node:child_process';
import { endianness } from 'node:os';
import { join } from 'node:path';
import t from 'tap';

// The table of sockets on macOS is read from bytes whose layout is the kernel's. No macOS is at hand, so this builds
// such bytes as XNU's sources say, and checks how they are read, sanitizers on.

const SUPPORT = join(__dirname, '..', 'support');
const NATIVE = join(__dirname, '..', '..', 'native');
const program = join(t.testdir(), 'print-pcb-list');
const skip = build();

function build(): string | false {
  if (process.platform === 'win32') return 'the reader is built for POSIX systems';
  if (endianness() !== 'LE') return 'macOS runs on little-endian machines';
  const sources = [
    join(SUPPORT, 'print-pcb-list.cc'),
    join(NATIVE, 'macos/pcb_list.cc'),
    join(NATIVE, 'address.cc'),
  ];
  const flags = ['-std=c++17', '-Wall', '-Wextra', '-Werror', '-fsanitize=address,undefined', `-I${NATIVE}`];
  const { error, status, stderr } = spawnSync('g++', [...flags, ...sources, '-o', program], {
    encoding: 'utf8',
  });
  if (error !== undefined) return 'needs g++, to build the reader of the table';
  if (status !== 0) throw new Error(stderr);
  return false;
}

function read(transport: 'tcp' | 'udp', bytes: Buffer): string[] {
  const { stdout, stderr, status } = spawnSync(program, [transport], { input: bytes, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim().split('\n');
}

function header(count: number): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.writeUInt32LE(24, 0);
  bytes.writeUInt32LE(count, 4);
  return bytes;
}

/** A block of `length` bytes, padded to 8 as the kernel does. */
function block(kind: number, length: number, fill: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(Math.ceil(length / 8) * 8);
  bytes.writeUInt32LE(length, 0);
  bytes.writeUInt32LE(kind, 4);
  fill(bytes);
  return bytes;
}

interface Pcb {
  readonly families: number;
  readonly address: readonly number[];
  readonly port: number;
  readonly foreignPort?: number;
  readonly pid: number;
  readonly state?: number;
}

function pcb({ families, address, port, foreignPort = 0, pid, state }: Pcb): Buffer {
  const blocks = [
    block(0x10, 104, (bytes) => {
      bytes.writeUInt16BE(foreignPort, 16);
      bytes.writeUInt16BE(port, 18);
      bytes.writeUInt8(families, 44);
      bytes.set(address, 80 - address.length);
    }),
    block(0x01, 100, (bytes) => bytes.writeUInt32LE(pid, 68)),
    block(0x02, 32, () => {}),
    block(0x04, 32, () => {}),
    block(0x08, 136, () => {}),
  ];
  if (state !== undefined) blocks.push(block(0x20, 204, (bytes) => bytes.writeInt32LE(state, 36)));
  return Buffer.concat(blocks);
}

const IPV4 = 1;
const IPV6 = 2;
const LISTEN = 1;
const ESTABLISHED = 4;
const TIME_WAIT = 10;

const TCP = Buffer.concat([
  header(4),
  pcb({ families: IPV4, address: [127, 0, 0, 1], port: 8080, pid: 41, state: LISTEN }),
  pcb({ families: IPV4 | IPV6, address: Array(16).fill(0), port: 3000, pid: 42, state: LISTEN }),
  pcb({
    families: IPV6,
    address: [...Array(15).fill(0), 1],
    port: 50000,
    foreignPort: 3000,
    pid: 43,
    state: ESTABLISHED,
  }),
  pcb({ families: IPV4, address: [127, 0, 0, 1], port: 50001, foreignPort: 8080, pid: 44, state: TIME_WAIT }),
  header(4),
]);

t.test('TCP sockets are read with their addresses, states and processes', { skip }, (t) => {
  t.strictSame(read('tcp', TCP), [
    '127.0.0.1 8080 listens 41',
    ':: 3000 listens 42',
    '::1 50000 - 43',
    '127.0.0.1 50001 - 0',
  ]);
  t.end();
});

t.test('a datagram socket waits for clients unless it is connected', { skip }, (t) => {
  const bytes = Buffer.concat([
    header(2),
    pcb({ families: IPV4, address: [0, 0, 0, 0], port: 53, pid: 7 }),
    pcb({ families: IPV4, address: [127, 0, 0, 1], port: 54, foreignPort: 53, pid: 8 }),
    header(2),
  ]);
  t.strictSame(read('udp', bytes), ['0.0.0.0 53 listens 7', '127.0.0.1 54 - 8']);
  t.end();
});

t.test('a kernel that counts sockets and shows none has no table', { skip }, (t) => {
  t.strictSame(read('tcp', Buffer.concat([header(9), header(9)])), ['none']);
  t.strictSame(read('tcp', Buffer.concat([header(0), header(0)])), ['']);
  t.end();
});

t.test('bytes of another layout are no table, and nothing is read past them', { skip }, (t) => {
  t.strictSame(read('tcp', Buffer.alloc(0)), ['none']);
  t.strictSame(read('tcp', Buffer.alloc(24)), ['none']);
  const shortBlock = Buffer.from(TCP);
  shortBlock.writeUInt32LE(32, 24);
  t.strictSame(read('tcp', shortBlock), ['none']);
  const longBlock = Buffer.from(TCP);
  longBlock.writeUInt32LE(2 ** 31, 24);
  t.strictSame(read('tcp', longBlock), ['none']);
  for (let length = 0; length < TCP.length; length += 61) read('tcp', TCP.subarray(0, length));
  t.pass('every length was read');
  t.end();
});
