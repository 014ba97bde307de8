import '../support/alone';

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { portFor } from '../support/command';
import { distPath } from '../support/dist';
import { until } from '../support/program';
import { NO_SIGNALS, newConfig, node } from '../support/run-call';
import { canBePlainlyBound, hearOut } from '../support/sockets';
import { start } from '../support/watch';

const NO_NGINX = spawnSync('nginx', ['-v']).error === undefined ? false : 'there is no nginx';

t.test(
  'the port stays held while the command runs, even if port-for is killed',
  { skip: NO_SIGNALS },
  async (t) => {
    const { store, words } = newConfig(t);
    const program =
      'console.log(process.pid + " is it"); process.on("SIGUSR2", () => process.exit()); setInterval(() => {}, 1000)';
    const child = start([...words, '--run', 'web', '--', ...node(program)]);
    await child.line('is it');
    const pid = Number.parseInt(child.told(), 10);
    const port = store.boundPortsSync().get('web') ?? 0;
    child.kill('SIGKILL');
    await until(() => !isParentOf(pid));
    t.equal(canBePlainlyBound(port), false);
    process.kill(pid, 'SIGUSR2');
    await child.end;
    t.ok(await until(() => canBePlainlyBound(port)));
  },
);

/** Whether the process still has a parent other than the one that takes orphans. */
function isParentOf(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'ppid=', '-p', `${pid}`], { encoding: 'utf8' });
  const parent = Number(stdout);
  const { stdout: command } = spawnSync('ps', ['-o', 'args=', '-p', `${parent}`], { encoding: 'utf8' });
  return command.includes('port-for');
}

const SERVE = `
  const { listenFds } = require(${JSON.stringify(distPath('index.js'))});
  const fds = listenFds();
  console.log(JSON.stringify([...fds]));
  const server = require('node:net').createServer((socket) => socket.on('error', () => {}).end('hello ' + process.pid));
  server.listen({ fd: fds.get('web')[0] }, () => console.log('serves'));`;

t.test('--listen-fds passes listening sockets on by name', { skip: NO_SIGNALS }, async (t) => {
  const { store, words } = newConfig(t);
  const child = start([...words, '--run', 'web', 'admin', '--listen-fds', '--', ...node(SERVE)]);
  await child.line('serves');
  t.match(child.told(), /^\[\["web",\[3\]\],\["admin",\[4\]\]\]$/m);
  const port = store.boundPortsSync().get('web') ?? 0;
  t.match(await hearOut(port, '127.0.0.1'), /^hello \d+$/);
  child.kill('SIGTERM');
  t.strictSame(await child.end, [143, null]);
});

t.test(
  '--restart runs the command again until a signal asks port-for to end',
  { skip: NO_SIGNALS },
  async (t) => {
    const { store, words } = newConfig(t);
    const child = start([...words, '--run', 'web', '--listen-fds', '--restart', '--', ...node(SERVE)]);
    await child.line('serves');
    const port = store.boundPortsSync().get('web') ?? 0;
    const pids = new Set<number>();
    while (pids.size < 4) {
      // A server that is killed between the connection and its words says nothing.
      const pid = Number((await hearOut(port, '127.0.0.1').catch(() => '')).slice('hello '.length));
      if (pid === 0 || pids.has(pid)) continue;
      pids.add(pid);
      process.kill(pid, 'SIGKILL');
    }
    child.kill('SIGTERM');
    const [code] = await child.end;
    t.ok(code === 143 || code === 137, `${code}`);
  },
);

t.test('signals that ask for something else do not end --restart', { skip: NO_SIGNALS }, async (t) => {
  const { words } = newConfig(t);
  const command = ['sh', '-c', 'echo ready; exec sleep 60'];
  await Promise.all(
    (['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'] as const).map(async (last, index) => {
      const child = start([...words, '--run', `web-${index}`, '--listen-fds', '--restart', '--', ...command]);
      const runs = () => child.told().split('ready').length - 1;
      const others = (['SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const).slice(0, index);
      for (const [count, other] of others.entries()) {
        await until(() => runs() > count);
        child.kill(other);
      }
      await until(() => runs() > others.length);
      child.kill(last);
      t.strictSame(await child.end, [128 + constants.signals[last], null], last);
    }),
  );
});

t.test('nginx takes the sockets over', { skip: NO_SIGNALS || NO_NGINX }, async (t) => {
  const { store, words } = newConfig(t);
  const port = store.bindPortSync('web');
  const folder = t.testdir();
  mkdirSync(join(folder, 'logs'));
  const conf = `
    daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/logs/error.log;
    events {}
    http { access_log off; client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c;
      uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
      server { listen [::]:${port} ipv6only=off; location / { return 200 "from nginx"; } } }`;
  writeFileSync(join(folder, 'nginx.conf'), conf);
  const child = start([
    ...words,
    '--run',
    'web',
    '--listen-fds',
    '--',
    'nginx',
    '-c',
    join(folder, 'nginx.conf'),
  ]);
  let text = '';
  // Once the socket listens, nobody is refused, though nginx is not up yet.
  while (text === '') {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } }).catch(
      () => undefined,
    );
    text = (await answer?.text()) ?? '';
  }
  t.equal(text, 'from nginx');
  child.kill('SIGTERM');
  await child.end;
});

t.test('a command that is not there is told as ever', { skip: NO_SIGNALS }, async (t) => {
  const { words } = newConfig(t);
  t.match(await portFor([...words, '--run', 'web', '--listen-fds', '--', 'no-such-command']), {
    code: 127,
    stderr: /^port-for: cannot run "no-such-command": command not found/,
  });
});
