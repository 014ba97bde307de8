import t from 'tap';
import { describeUse } from '../../../lib/cli/seeing/use-text';
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
