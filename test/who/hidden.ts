import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { howToSee } from '../../lib/who/hidden';
import { withoutPreloads } from '../support/command';
import { distPath } from '../support/dist';
import { listen, portOf } from '../support/listen';
import { NOBODY, noNobody } from '../support/privilege';

const ask = (port: number) => `
  const { whoHasSync } = require(${JSON.stringify(distPath('index.js'))});
  const uses = whoHasSync(${port});
  const listener = uses[0]?.sockets.find(({ listens }) => listens);
  console.log(JSON.stringify({ holder: listener?.holder, user: listener?.user, count: listener?.processes.length }));`;

function whoSays(words: string[], port: number): unknown {
  const [program = '', ...rest] = [...words, process.execPath, '-e', ask(port)];
  const { stdout, stderr } = spawnSync(...withoutPreloads(program, rest), { encoding: 'utf8' });
  return stdout === '' ? stderr : JSON.parse(stdout);
}

const AS_NOBODY = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];

t.test("other users' processes are hidden, and their user is told", { skip: noNobody() }, async (t) => {
  const port = portOf(await listen(t, '127.0.0.1'));
  t.strictSame(whoSays(AS_NOBODY, port), { holder: 'hidden', user: 'root', count: 0 });
  t.strictSame(whoSays(['env'], port), { holder: 'processes', user: 'root', count: 1 });
});

t.test(
  'so they are where /proc shows none (hidepid), and in a namespace of processes',
  { skip: noNobody() },
  async (t) => {
    const port = portOf(await listen(t, '127.0.0.1'));
    const hide = 'mount -t proc -o hidepid=2 proc /proc && exec "$@"';
    const mine = spawn(
      AS_NOBODY[0] ?? '',
      [
        ...AS_NOBODY.slice(1),
        process.execPath,
        '-e',
        'require("net").createServer().listen(0, "127.0.0.1", function () { console.log(this.address().port) })',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } },
    );
    t.teardown(() => mine.kill());
    const [text] = await once(mine.stdout, 'data');
    const inside = ['unshare', '-m', 'sh', '-c', hide, 'sh', ...AS_NOBODY];
    t.strictSame(whoSays(inside, port), { holder: 'hidden', user: 'root', count: 0 });
    t.match(whoSays(inside, Number(text)), { holder: 'processes', count: 1 }, 'their own they see');
    const apart = ['unshare', '-m', '-p', '--fork', '--mount-proc'];
    t.strictSame(whoSays(apart, port), { holder: 'hidden', user: 'root', count: 0 }, 'root of a container');
  },
);

t.test('how to see the rest is told to root, to users, and on Windows', async (t) => {
  const as = (platform: string, user?: number) => {
    t.intercept(process, 'platform', { value: platform });
    t.intercept(process, 'geteuid', { value: user === undefined ? undefined : () => user });
    return howToSee('port-for --who 80');
  };
  t.equal(as('linux', 1000), 'sudo port-for --who 80');
  t.match(as('linux', 0), /^from outside of this container, or with .*CAP_SYS_PTRACE/);
  t.equal(as('win32'), 'port-for --who 80, as an administrator');
});
