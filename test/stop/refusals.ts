import { spawnSync } from 'node:child_process';
import t from 'tap';
import type { ProcessInfo } from '../../lib/process/process-info';
import { checkMayStop } from '../../lib/stop/refusals';
import type { HeldSocket, PortUse } from '../../lib/who/port-use';
import { LISTENER } from '../support/listener';

/** The number of a process that has ended: nobody says that it must not be stopped. */
const ENDED = spawnSync(process.execPath, ['-e', '']).pid;

const NODE: ProcessInfo = { pid: ENDED, name: 'node', command: 'node server.js', parents: [] };

function socketOf(info: Partial<ProcessInfo> | undefined, values: Partial<HeldSocket> = {}): HeldSocket {
  return { ...LISTENER, processes: info === undefined ? [] : [{ ...NODE, ...info }], ...values };
}

/** What keeps a listener from being stopped: the kind, the message, and whether force helps; undefined if nothing. */
function refusalOf(socket: HeldSocket, names: PortUse['names'] = [], folder = '/'): unknown {
  const sockets = [socketOf({}), socket];
  const use: PortUse = { port: 8080, transport: 'tcp', names, sockets };
  const ask = (isForced: boolean) => {
    try {
      checkMayStop(use, sockets, { isForced, folder });
      return undefined;
    } catch (error) {
      const { code, refusal, message, use: whose } = error as Record<string, unknown>;
      t.equal(code, 'ERR_PORT_STOP_REFUSED');
      t.equal(whose, use);
      return [refusal, message];
    }
  };
  const [polite, forced] = [ask(false), ask(true)];
  if (forced !== undefined) t.strictSame(polite, forced, 'what force does not help against is said first');
  return polite === undefined || forced !== undefined ? forced : [...(polite as unknown[]), 'force helps'];
}

t.test('what nobody can or may stop is refused, also with force', (t) => {
  for (const [socket, kind, message] of [
    [
      socketOf(undefined, { holder: 'kernel' }),
      'kernel',
      'port 8080/tcp is held by the kernel itself, which cannot be stopped',
    ],
    [
      socketOf(undefined, { holder: 'hidden', user: 'ann' }),
      'hidden',
      /is used by a process of ann that is hidden/,
    ],
    [
      socketOf(undefined, { holder: 'hidden' }),
      'hidden',
      /is used by a process of somebody that is hidden from you: /,
    ],
    [
      socketOf({ pid: 1, name: 'systemd' }),
      'first process',
      'port 8080/tcp is held by systemd (1), the first process of the machine: systemctl list-sockets tells which unit to stop',
    ],
    [socketOf({ pid: 1, name: 'init' }), 'first process', /the first process of the machine$/],
    [socketOf({ pid: process.pid }), 'this process', /is used by node \(\d+\), which runs this command$/],
    [socketOf({ pid: process.ppid }), 'this process', /which runs this command$/],
    [
      socketOf({ proxy: { engine: 'docker', name: 'db', target: '172.17.0.2:5432' } as never }),
      'container',
      'port 8080/tcp is published by docker for db: docker stop db',
    ],
    [
      socketOf({ proxy: { engine: 'docker', target: '172.17.0.2:5432' } as never }),
      'container',
      'port 8080/tcp is published by docker for the container at 172.17.0.2:5432: docker ps tells which',
    ],
    [
      socketOf({ proxy: { engine: 'podman' } as never }),
      'container',
      /for a container: podman ps tells which$/,
    ],
  ] as const) {
    t.match(refusalOf(socket), [kind, message]);
    t.equal((refusalOf(socket) as unknown[]).length, 2, 'force does not help');
  }
  t.end();
});

t.test('what somebody else may need is refused without force', (t) => {
  const folder = t.testdir({ '.git': {} });
  for (const [socket, kind, message] of [
    [
      socketOf({}, { state: 'bound', listens: false }),
      'lease',
      `port 8080/tcp is held by node (${ENDED}) without listening, as a lease is: force stops node (${ENDED})`,
    ],
    [
      socketOf({ container: { engine: 'docker', id: '0123456789abcdef', name: 'db' } as never }),
      'container',
      `port 8080/tcp is used by node (${ENDED}) in container db (docker): stop that, or insist with force`,
    ],
    [
      socketOf({ container: { engine: 'docker', id: '0123456789abcdef' } as never }),
      'container',
      /in container 0123456789ab \(docker\)/,
    ],
    [
      socketOf({ checkout: '/elsewhere' }),
      'other checkout',
      `port 8080/tcp is used by node (${ENDED}) of another checkout, /elsewhere: force stops it`,
    ],
  ] as const)
    t.match(refusalOf(socket, [], folder), [kind, message, 'force helps']);
  t.equal(refusalOf(socketOf({ checkout: folder }), [], folder), undefined, 'of the same checkout');
  t.equal(refusalOf(socketOf({ checkout: '/elsewhere' }), [], '/'), undefined, 'asked from no checkout');
  t.equal(refusalOf(socketOf({}), [], folder), undefined);
  t.end();
});

t.test('what force does not help against is said first, of any process', (t) => {
  t.match(refusalOf(socketOf({ pid: process.pid, container: { engine: 'docker', id: '0' } as never })), [
    'this process',
    /runs this command$/,
  ]);
  const processes = [NODE, { ...NODE, pid: process.pid }];
  t.match(refusalOf(socketOf({}, { processes })), ['this process', /runs this command$/]);
  t.end();
});

t.test('a port is told with its name', (t) => {
  const names = [{ name: 'web', config: '/c' }];
  t.match(refusalOf(socketOf(undefined, { holder: 'kernel' }), names), [
    'kernel',
    /^port 8080\/tcp of "web" is/,
  ]);
  t.end();
});

t.test('a process of another user is refused by the kernel', (t) => {
  t.intercept(process, 'kill', {
    value: () => {
      throw Object.assign(new Error('EPERM'), { code: 'EPERM', syscall: 'kill' });
    },
  });
  t.strictSame(refusalOf(socketOf({ user: 'ann' })), [
    'no rights',
    `port 8080/tcp is used by node (${ENDED}) of another user: that user and root can stop it`,
  ]);
  t.end();
});
