import '../support/alone';

import t from 'tap';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { buildFailCalls, type FailCalls } from '../support/fail-calls';
import { NO_NETLINK } from '../support/no-table';
import { torture } from '../support/torture';

const { skip, failCalls } = buildFailCalls(t);

t.test(
  'each call of some operations fails once: an error of its name, nothing held, lost or leaked',
  {
    skip,
  },
  async (t) => {
    const { faults } = await torture('faults/plan', { choices: 1, share: 0.1 });
    t.strictSame(faults, []);
  },
);

/** Tells what an expression gives, with a server at `used` and a free port at `free`. */
const PROGRAM = `
const portFor = require(process.argv[1]);
const fs = require('node:fs');
const { createServer } = require('node:net');
const closed = createServer().listen(0, '127.0.0.1');
const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1', async () => {
  const used = server.address().port;
  const free = closed.address().port;
  await new Promise((resolve) => closed.close(resolve));
  const host = '127.0.0.1';
  const verdict = async (port, options) => {
    const result = await portFor.scan(port, options);
    return Object.keys(result).find((name) => result[name].has(port));
  };
  const answer = await eval(process.argv[2]).then(
    (value) => value,
    ({ systemCode, syscall }) => systemCode + ' ' + syscall,
  );
  console.log(JSON.stringify(answer));
  process.exit();
});`;

async function ask(expression: string, ...failing: Parameters<FailCalls>): Promise<unknown> {
  // What the program does before is no part of the case.
  const { FAIL_CALLS = '', ...settings } = failCalls(...failing);
  const start = `process.env.FAIL_CALLS = ${JSON.stringify(FAIL_CALLS)}`;
  const words = ['-e', PROGRAM, distPath('index.js'), `(async () => { ${start}; return ${expression} })()`];
  const { stdout, stderr } = await run(process.execPath, words, settings);
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}

const EVER = 2 ** 31;

type Case = [expression: string, failing: Parameters<FailCalls>, answer: unknown];

/** What an expression gives where calls fail. */
const CASES: readonly Case[] = [
  // Another probe of this machine had the port for a moment: it is asked again, and again while some become free.
  ["verdict(free, { method: 'bind' })", ['bind', 'EADDRINUSE', 1, 1], 'free'],
  ["verdict(free, { method: 'bind' })", ['bind', 'EADDRINUSE', 1, EVER], 'used'],
  // A control group's word, as systemd's SocketBindDeny= has it.
  ["verdict(free, { method: 'bind' })", ['bind', 'EPERM', 1, EVER], 'denied'],
  ["verdict(free, { method: 'bind' })", ['bind', 'EACCES', 1, EVER], 'denied'],
  ["verdict(free, { method: 'connect', host })", ['connect', 'ECONNRESET', 1, EVER], 'used'],
  ["verdict(free, { method: 'connect', host })", ['connect', 'EPIPE', 1, EVER], 'used'],
  ["verdict(free, { method: 'connect', host })", ['connect', 'EPERM', 1, EVER], 'denied'],
  ["verdict(free, { method: 'connect', host })", ['connect', 'EHOSTUNREACH', 1, EVER], 'filtered'],
  ["verdict(free, { method: 'connect', host })", ['connect', 'ENETDOWN', 1, EVER], 'filtered'],
  [
    `(async () => {
      const { errno } = require('node:os').constants;
      const verdicts = [];
      for (const name of ['ENETUNREACH', 'ETIMEDOUT', 'ECONNABORTED', 'EPROTO', 'ENOPROTOOPT', 'EACCES']) {
        process.env.FAIL_CALLS = 'connect ' + errno[name] + ' 1-' + 2 ** 31;
        verdicts.push(await verdict(free, { method: 'connect', host }));
      }
      return verdicts.join();
    })()`,
    ['connect', 'ENETUNREACH', 1, EVER],
    'filtered,filtered,filtered,filtered,filtered,denied',
  ],
  // No source port is left: the loopback address is no worse for it, and the next question says so.
  ["verdict(free, { method: 'connect' })", ['connect', 'EADDRNOTAVAIL', 1, EVER], 'EADDRNOTAVAIL connect'],
  // What is short for a moment does not end a scan.
  ["verdict(free, { method: 'connect' })", ['connect', 'EADDRNOTAVAIL', 1, 3], 'free'],
  // Signals end no answer.
  ['portFor.usedPorts().has(used)', ['recv', 'EINTR', 1, 30], true],
  ["verdict(used, { method: 'table' })", ['recv', 'EINTR', 1, 1], 'used'],
  // A table that changed while it was told is asked for anew, and its sockets are told once.
  [
    'portFor.usedSockets().filter((one) => one.port === used && one.listens).length',
    ['dump', 'EINTR', 1, 3],
    1,
  ],
  ['portFor.usedSockets().length > 0', ['dump', 'EINTR', 1, EVER], 'EINTR netlink'],
  ['portFor.ephemeralPortRanges().length', ['read', 'EINTR', 1, 2], 1],
  ['portFor.ephemeralPortRanges().length', ['read', 'EIO', 1, 1], 'EIO read'],
  // Each wait has the table looked at, which ends its question where the answer is none.
  [
    `(async () => {
      const count = () => fs.readdirSync('/proc/self/fd').length;
      const wait = () => portFor.free('127.0.0.1', used, { timeout: 30 }).catch(() => {});
      await wait();
      const before = count();
      for (let round = 0; round < 20; round++) await wait();
      for (let tries = 0; tries < 500 && count() - before >= 10; tries++)
        await new Promise((resolve) => setTimeout(resolve, 10));
      return count() - before < 10;
    })()`,
    ['send', 'ENOBUFS', 1, EVER],
    true,
  ],
  // Where the table cannot be watched, the wait connects alone.
  ...(
    [
      ['pthread_create', 'EAGAIN'],
      ['new', 'ENOMEM'],
      ['socket', 'EMFILE'],
      ['recv', 'ENOMEM'],
    ] as const
  ).map(
    ([call, errno]): Case => [
      `(async () => {
      const waiting = portFor.occupied(host, free, { timeout: 20_000 });
      setTimeout(() => createServer((socket) => socket.end()).listen(free, host), 100);
      await waiting;
      return portFor.free(host, used, { timeout: 100 }).catch(({ code }) => code);
    })()`,
      [call, errno, 1, EVER],
      'ERR_PORT_TIMEOUT',
    ],
  ),
  // After some used ports in a row a pick looks at the table, and binds no more of them.
  [
    `(async () => {
      const { FAIL_CALLS } = process.env;
      process.env.FAIL_CALLS = '';
      globalThis.leases = portFor.leaseManySync(1500, { ports: '10000-30000' });
      const held = leases.map(({ port }) => port);
      const last = portFor.leaseSync({ ports: '10000-30000', exclude: held });
      last.release();
      process.env.FAIL_CALLS = FAIL_CALLS;
      // Of each pick at most 64 ports are found used, and one is free.
      const picks = Array.from({ length: 10 }, () => portFor.selectRandomSync({ ports: [...held, last.port] }));
      return picks.every((port) => port === last.port);
    })()`,
    ['bind', 'ENOBUFS', 700, EVER],
    true,
  ],
  ...['flock', 'openat'].map(
    (call): Case => [
      `(async () => {
      const folder = fs.mkdtempSync(require('node:path').join(require('node:os').tmpdir(), 'port-for-'));
      const bind = () => new portFor.PortStore(folder + '/port-for.conf').bindPort('foo');
      const ports = [await bind(), await bind()];
      fs.rmSync(folder, { recursive: true });
      return ports[0] > 0 && ports[0] === ports[1];
    })()`,
      [call, 'EINTR', 1, 3],
      true,
    ],
  ),
  // A signal comes to the thread that waits for the end of a process, or there is none, or no memory on it.
  ...(
    [
      ['poll', 'EINTR', 1, 3],
      ['eventfd', 'EMFILE', 1, EVER],
      ['new', 'ENOMEM', 1, EVER],
    ] as const
  ).map(
    (failing): Case => [
      `(async () => {
      const child = require('node:child_process').spawn('sleep', ['0.3']);
      return portFor.occupied(host, free, { process: child.pid, timeout: 20000 }).catch(({ code }) => code);
    })()`,
      [...failing],
      'ERR_PORT_PROCESS_ENDED',
    ],
  ),
  // Among many processes threads share the search for those that have a socket.
  [
    `(async () => {
      const held = portFor.leaseSync();
      const script = 'i=0; while [ $i -lt 310 ]; do sleep 60 & i=$((i+1)); done; echo; wait';
      const stdio = ['ignore', 'pipe', 'inherit', held.fd];
      const crowd = require('node:child_process').spawn('sh', ['-c', script], { stdio, detached: true });
      await new Promise((resolve) => crowd.stdout.once('data', resolve));
      const told = await portFor.whoHas(held.port).catch(({ message }) => message);
      process.kill(-crowd.pid, 'SIGKILL');
      return told;
    })()`,
    ['new', 'ENOMEM', 1, EVER],
    'std::bad_alloc',
  ],
  // A lack of memory is not a missing table.
  ['portFor.usedPorts().has(used)', ['recv', 'ENOMEM', 1, EVER], 'ENOMEM netlink'],
  ['portFor.usedPorts().has(used)', ['send', 'ENOBUFS', 1, EVER], 'ENOBUFS netlink'],
  [
    'portFor.selectRandom({ ports: free }).then((port) => port === free)',
    ['pthread_create', 'EAGAIN', 1, EVER],
    true,
  ],
  // No memory on a thread of the addon.
  ['portFor.leaseMany(2)', ['new', 'ENOMEM', 1, EVER], 'ENOMEM malloc'],
  ["portFor.scan([free, '1024-65535'])", ['new', 'ENOMEM', 1, EVER], 'ENOMEM malloc'],
  // What a pick cannot find out is no lack of free ports.
  ['portFor.allocate(3)', ['socket', 'EMFILE', 1, EVER], 'EMFILE socket'],
  ['(async () => portFor.allocateSync(3))()', ['socket', 'EMFILE', 1, EVER], 'EMFILE socket'],
  ['portFor.selectRandom({ ports: free })', ['bind', 'ENOMEM', 1, EVER], 'ENOMEM bind'],
  ['portFor.selectRandom({ ports: free })', ['setsockopt', 'ENOMEM', 2, EVER], 'ENOMEM setsockopt'],
  // A port that no server could listen on is not leased.
  ['portFor.lease({ ports: free, host })', ['setsockopt', 'ENOMEM', 1, EVER], 'ENOMEM setsockopt'],
  // Where there is a thread already, it does the work that no other can be had for.
  [
    "Promise.all(['20000-20100', '20101-20200'].map((ports) => portFor.scan(ports))).then(() => true)",
    ['pthread_create', 'EAGAIN', 2, EVER],
    true,
  ],
  ['portFor.scan(free).then(() => true)', ['pthread_create', 'EAGAIN', 1, EVER], 'EAGAIN pthread_create'],
];

for (const [expression, failing, answer] of CASES) {
  const isOfNetlink = typeof answer === 'string' && answer.endsWith(' netlink');
  const cannot = skip || (isOfNetlink && NO_NETLINK);
  t.test(`${expression} where ${failing[0]} fails with ${failing[1]}`, { skip: cannot }, async (t) => {
    t.strictSame(await ask(expression, ...failing), answer);
  });
}
