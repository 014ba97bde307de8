import '../support/alone';

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { portFor } from '../support/command';
import { close, listen } from '../support/listen';
import { until } from '../support/program';
import { NO_SIGNALS, newConfig } from '../support/run-call';
import { canBePlainlyBound, greeter } from '../support/sockets';

t.test('it ends as the command does', { skip: NO_SIGNALS }, async (t) => {
  const { words } = newConfig(t);
  for (const [script, expected] of [
    ['exit 0', 0],
    ['exit 7', 7],
    ['exit 255', 255],
    ['kill -TERM $$', 143],
    ['kill -KILL $$', 137],
  ] as const) {
    const { code, stderr } = await portFor([...words, '--run', 'web', '--', 'sh', '-c', script]);
    t.strictSame({ code, stderr }, { code: expected, stderr: '' }, script);
  }
});

t.test(
  'a command that cannot be run gives the exit code of shells, and one line',
  { skip: NO_SIGNALS },
  async (t) => {
    const { store, words } = newConfig(t);
    const folder = t.testdir({ plain: 'text', script: '#!/no/such/interpreter\n' });
    spawnSync('chmod', ['+x', join(folder, 'script')]);
    for (const [command, code, message] of [
      ['no-such-command', 127, /^port-for: cannot run "no-such-command": command not found.*\n$/],
      [join(folder, 'missing'), 127, /command not found.*\n$/],
      [join(folder, 'plain'), 126, /^port-for: cannot run ".*plain": permission denied.*chmod \+x.*\n$/],
      [folder, 126, /permission denied.*\n$/],
      [join(folder, 'script'), 126, /interpreter.*\n$/],
    ] as const) {
      t.match(await portFor([...words, '--run', 'web', '--', command, 'argument']), {
        code,
        stdout: '',
        stderr: message,
      });
      const port = store.boundPortsSync().get('web') ?? 0;
      t.ok(await until(() => canBePlainlyBound(port)), 'the port is let go');
    }
  },
);

t.test('a port that is in use is told, and the command is not run', async (t) => {
  const { store, words } = newConfig(t);
  const port = store.bindPortSync('web');
  const server = await listen(t, undefined, port, greeter());
  const { code, stdout, stderr } = await portFor([...words, '--run', 'first', 'web', '--', 'echo', 'run']);
  t.strictSame({ code, stdout }, { code: 1, stdout: '' });
  t.match(stderr, new RegExp(`^port-for: port ${port} of "web" is in use .*\\n$`));
  if (process.platform === 'linux') t.match(stderr, `pid ${process.pid}`);
  await close(server);
});

t.test('invalid arguments are refused before a port is taken', async (t) => {
  const { store, words } = newConfig(t);
  for (const [call, message] of [
    [['--run', '--', 'true'], /the name is missing/],
    [['--run', 'web'], /the command is missing/],
    [['--run', 'web', '--'], /the command is missing/],
    [['--run', 'web', '--', ''], /the command is empty/],
    [['--run', 'a-b', 'a.b', '--', 'true'], /"a-b" and "a.b" are both A_B_PORT/],
    [['--run', 'web', 'x=y', '--', 'true'], /name "x=y"/],
    [['--run', 'web', 'x', '--port', '5000', '--', 'true'], /--port is for one name/],
    [['--run', 'web', '--port', '0', '--', 'true'], /--port 0/],
    [['--run', 'web', '--json', '--', 'true'], /--json/],
    [['--run', 'web', '--list', '--', 'true'], /--list/],
    [['--run', 'web', '--nope', '--', 'true'], /unknown option --nope/],
    [['--run', '--temp', 'web', '--', 'true'], /count "web"/],
  ] as const) {
    t.match(await portFor([...words, ...call]), { code: 2, stdout: '', stderr: message });
  }
  t.equal(store.boundPortsSync().size, 0);
});

t.test('it runs a command under a low limit of open files', { skip: NO_SIGNALS }, (t) => {
  const { words } = newConfig(t);
  const call = [...words, '--run', 'web', '--', 'sh', '-c', 'echo $PORT'];
  const program = join(__dirname, '../../dist/port-for.js');
  const shell = 'ulimit -n 64 && exec "$@"';
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', shell, 'sh', process.execPath, program, ...call],
    {
      encoding: 'utf8',
    },
  );
  t.strictSame({ status, stderr }, { status: 0, stderr: '' });
  t.match(stdout, /^\d+\n$/);
  t.end();
});
