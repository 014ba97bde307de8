import { homedir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { describeUse, processFacts, sentence } from '../../../lib/cli/seeing/use-text';
import type { ProcessInfo } from '../../../lib/process/process-info';
import type { HeldSocket, PortUse } from '../../../lib/who/port-use';
import { LISTENER } from '../../support/listener';

const SHOP: HeldSocket = {
  ...LISTENER,
  user: 'ann',
  processes: [
    {
      pid: 12,
      name: 'node',
      command: 'node server.js',
      user: 'ann',
      startedAt: new Date(Date.now() - 7_300_000),
      folder: '/srv/shop/api',
      checkout: '/srv/shop',
      terminal: 'pts/3',
      unit: 'shop.service',
      container: { engine: 'docker', id: 'a'.repeat(64), name: 'web' },
      parents: [
        { pid: 11, name: 'npm' },
        { pid: 10, name: 'tmux: server', kind: 'terminal' },
        { pid: 1, name: 'systemd', kind: 'service manager' },
      ],
    },
  ],
};

function text(...sockets: Partial<HeldSocket>[]): string {
  const use: PortUse = {
    port: 3000,
    transport: 'tcp',
    names: [{ name: 'shop', config: '/etc/port-for.conf' }],
    sockets: sockets.map((socket) => ({ ...SHOP, ...socket })),
  };
  return describeUse(use).join('\n');
}

t.test('a listener takes one sentence, then the facts', (t) => {
  const said = text({ clients: 3 });
  for (const line of [
    '3000/tcp is used by node (12) of ann, which listens on 127.0.0.1 (this machine alone)',
    '  command     node server.js',
    '  folder      /srv/shop/api (in the Git checkout /srv/shop)',
    '  terminal    pts/3',
    '  started by  npm (11), by tmux: server (10, terminal)',
    '  unit        shop.service',
    '  container   web (docker aaaaaaaaaaaa)',
    '  clients     3 connected',
    '  name        shop (/etc/port-for.conf)',
  ]) {
    t.ok(said.split('\n').includes(line), line);
  }
  t.match(said, /^ {2}started {5}2 hours ago \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\)$/m);
  t.end();
});

t.test('sockets of one holder share a sentence', (t) => {
  const said = text(
    { address: '0.0.0.0', exposure: 'everybody' },
    { address: '::', exposure: 'everybody', takesIPv4: false },
  );
  t.match(said, 'which listens on 0.0.0.0 (everybody by IPv4) and listens on :: (everybody by IPv6)');
  t.equal(said.match(/is used by/g)?.length, 1);
  t.end();
});

t.test('holders that are not shown are told for what they are', (t) => {
  t.match(
    text({ holder: 'hidden', processes: [] }),
    /used by a process of ann that is hidden from you, which listens/,
  );
  t.match(
    text({ holder: 'hidden', processes: [] }),
    process.geteuid?.() === 0
      ? /^ {2}to see it {3}from outside of this container/m
      : process.platform === 'win32'
        ? /^ {2}to see it {3}port-for --who 3000, as an administrator$/m
        : /^ {2}to see it {3}sudo port-for --who 3000$/m,
  );
  t.match(text({ holder: 'kernel', processes: [] }), /used by the kernel itself, which listens/);
  const left = {
    holder: 'nobody',
    processes: [],
    listens: false,
    state: 'time-wait',
    lingersFor: 52_000,
  } as const;
  t.match(
    text(left, left),
    /used by nobody any more: 2 closed connections linger \(TIME_WAIT\), for 52 seconds at most/,
  );
  t.match(
    text({ listens: false, state: 'bound' }),
    /which holds 127\.0\.0\.1 without listening, as a lease does/,
  );
  const remote = { address: '::1', port: 80 };
  t.match(
    text({ listens: false, state: 'established', remote }),
    /is connected from 127\.0\.0\.1 to \[::1\]:80/,
  );
  t.end();
});

/** What is told of a port that these sockets hold. */
const linesOf = (sockets: Partial<HeldSocket>[], names: PortUse['names'] = []) =>
  describeUse({
    port: 53,
    transport: 'udp',
    names,
    sockets: sockets.map((socket) => ({ ...LISTENER, ...socket })),
  });

const processOf = (more: object = {}) => ({ pid: 7, name: 'dns', command: 'dns', parents: [], ...more });

t.test('each holder has a sentence of its own, and the names stand with the first', (t) => {
  const home = join(homedir(), 'shop');
  const names = [
    { name: 'web', config: '/etc/ports', folder: home },
    { name: 'api', config: join(homedir(), 'ports') },
  ];
  t.strictSame(
    linesOf(
      [
        { processes: [processOf()], state: 'unconnected' },
        { processes: [processOf()], state: 'unconnected' },
        { processes: [processOf()], user: 'bob', address: '::1' },
        { processes: [processOf({ pid: 8 })], address: '::1' },
        { holder: 'kernel' },
      ],
      names,
    ),
    [
      '53/udp is used by dns (7), which takes datagrams on 127.0.0.1 (this machine alone)',
      '  name        web of the checkout ~/shop (/etc/ports)',
      '  name        api (~/ports)',
      '53/udp is used by dns (7), which listens on ::1 (this machine alone)',
      '  clients     none connected',
      '53/udp is used by dns (8), which listens on ::1 (this machine alone)',
      '  clients     none connected',
      '53/udp is used by the kernel itself, which listens on 127.0.0.1 (this machine alone)',
      '  clients     none connected',
    ],
  );
  t.end();
});

t.test('the kernel and a process that is hidden are two holders', (t) => {
  t.match(linesOf([{ holder: 'kernel' }, { holder: 'hidden' }]), [
    /used by the kernel itself/,
    /clients/,
    /used by a process of somebody that is hidden from you/,
  ]);
  t.end();
});

t.test('who is reached is told by the address', (t) => {
  const reach = (socket: Partial<HeldSocket>) =>
    linesOf([{ processes: [processOf()], ...socket }])[0]?.replace(/.*which listens on /, '');
  t.equal(reach({ exposure: 'one address', address: '10.0.0.1' }), '10.0.0.1 (who reaches that address)');
  t.equal(reach({ exposure: 'everybody', address: '::' }), ':: (everybody, IPv4 too)');
  t.equal(reach({ exposure: 'everybody', address: '::', takesIPv4: false }), ':: (everybody by IPv6)');
  t.equal(reach({ exposure: 'everybody', address: '0.0.0.0' }), '0.0.0.0 (everybody by IPv4)');
  t.end();
});

t.test('clients are counted of all sockets together, and processes told that share them', (t) => {
  const shared = [processOf({ pid: 8, name: 'worker', parents: [{ pid: 7, name: 'dns' }] }), processOf()];
  t.strictSame(
    linesOf([
      { processes: shared, clients: 2 },
      { processes: shared, clients: 3, address: '::1' },
    ]).slice(1),
    ['  shared with worker (8)', '  clients     5 connected'],
  );
  t.strictSame(linesOf([{ holder: 'hidden', clients: 2 }])[1], '  clients     2 connected');
  t.end();
});

t.test('closed connections linger, one or many, of which kind and for how long', (t) => {
  const closed = { holder: 'nobody', listens: false } as const;
  const told = (...sockets: Partial<HeldSocket>[]) =>
    linesOf(sockets.map((socket) => ({ ...closed, ...socket })));
  t.strictSame(told({ state: 'time-wait', lingersFor: 1000 }), [
    '53/udp is used by nobody any more: 1 closed connection lingers (TIME_WAIT), for 1 second at most',
    '  bind        a server that sets SO_REUSEADDR, as those of Node do, can listen here now',
  ]);
  t.match(told({ state: 'time-wait', lingersFor: 1000 }, { state: 'time-wait', lingersFor: 9000 }), [
    /: 2 closed connections linger \(TIME_WAIT\), for 9 seconds at most$/,
  ]);
  t.match(told({ state: 'time-wait' }, { state: 'fin-wait-2' }), [/: 2 closed connections linger$/]);
  t.end();
});

t.test('the facts of a process are those that are known', (t) => {
  const facts = (more: object) => processFacts(processOf(more) as ProcessInfo);
  t.strictSame(facts({}), []);
  t.strictSame(facts({ command: 'dns --all' }), ['  command     dns --all']);
  t.strictSame(facts({ folder: '/srv' }), ['  folder      /srv']);
  t.strictSame(facts({ folder: '/srv', checkout: '/srv' }), ['  folder      /srv (a Git checkout)']);
  const parents = [
    { pid: 3, name: 'sh' },
    { pid: 2, name: 'init' },
  ];
  t.strictSame(facts({ parents }), ['  started by  sh (3), by init (2)']);
  t.strictSame(facts({ parents: [{ pid: 3, name: 'tmux', kind: 'terminal' }, ...parents] }), [
    '  started by  tmux (3, terminal)',
  ]);
  t.strictSame(facts({ container: { engine: 'podman', id: '0123456789abcdef' } }), [
    '  container   (podman 0123456789ab)',
  ]);
  for (const [proxy, name] of [
    [{ name: 'web', target: '10.0.0.1:80' }, 'web'],
    [{ target: '10.0.0.1:80' }, '10.0.0.1:80'],
    [{}, '(unknown)'],
  ] as const)
    t.strictSame(facts({ proxy: { engine: 'docker', ...proxy } }), [
      `  publishes   a port of container ${name} (docker)`,
    ]);
  t.end();
});

t.test('nobody has no sockets', (t) => {
  t.equal(sentence([]), 'nobody');
  t.strictSame(linesOf([]), []);
  t.end();
});
