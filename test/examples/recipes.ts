import '../support/alone';

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import t from 'tap';
import { lease } from '../../lib/lease/lease';
import { occupied } from '../../lib/wait/wait';
import { withoutPreloads } from '../support/command';
import { ROOT } from '../support/dist';
import { copyExample } from '../support/example';

const skip = process.platform === 'win32' ? 'the commands are those of a Unix shell' : false;
const missing = (tool: string, word = '--version') =>
  skip || (spawnSync(tool, [word]).error === undefined ? false : `needs ${tool}`);

t.test('every example has a README that says how to run it, and is on the page of recipes', async (t) => {
  const page = readFileSync(join(ROOT, 'docs', 'recipes.md'), 'utf8');
  for (const name of readdirSync(join(ROOT, 'examples'))) {
    const readme = readFileSync(join(ROOT, 'examples', name, 'README.md'), 'utf8');
    t.match(readme, /^# .*\n\n/, name);
    t.match(readme, /```sh\n/, name);
    t.match(page, `/examples/${name}/README.md)`, name);
  }
});

t.test('cluster: the port stays the primary’s when its workers die', { skip }, async (t) => {
  const { run } = copyExample(t, 'cluster');
  t.match(await run(process.execPath, ['cluster.js']), {
    code: 0,
    stdout: /^[34] workers answered on one port\n$/,
  });
});

t.test('compose: the ports of the checkout are in the file that --env-file takes', { skip }, async (t) => {
  const { run, folder } = copyExample(t, 'compose');
  writeFileSync(join(folder, 'ports.env'), 'TAG=alpine\n');
  t.match(await run('port-for', ['--here', '-f', 'ports.env', 'web', 'db']), { code: 0 });
  const { WEB_PORT, DB_PORT, TAG } = parse(readFileSync(join(folder, 'ports.env')));
  t.equal(TAG, 'alpine');
  t.equal((await run('port-for', ['--here', 'web', 'db'])).stdout, `${WEB_PORT}\n${DB_PORT}\n`);
  const wanted = readFileSync(join(folder, 'compose.yaml'), 'utf8').match(/(?<=\$\{)\w+/g);
  t.strictSame(wanted, ['WEB_PORT', 'DB_PORT']);
});

const NO_COMPOSE =
  skip || (spawnSync('docker', ['compose', 'version']).status === 0 ? false : 'needs docker compose');

t.test('compose: docker reads them', { skip: NO_COMPOSE }, async (t) => {
  const { run } = copyExample(t, 'compose');
  await run('port-for', ['--here', '-f', 'ports.env', 'web', 'db']);
  const { stdout: port } = await run('port-for', ['--here', 'web']);
  const { stdout } = await run('docker', ['compose', '--env-file', 'ports.env', 'config']);
  t.match(stdout, `published: "${port.trim()}"`);
});

t.test('procfile: foreman starts each process on its port', { skip: missing('foreman') }, async (t) => {
  const { run, folder } = copyExample(t, 'procfile');
  t.match(await run('port-for', ['--here', '-f', '.env', 'web', 'api']), { code: 0 });
  const { WEB_PORT, API_PORT } = parse(readFileSync(join(folder, '.env')));
  const foreman = spawn(...withoutPreloads('env', ['-C', folder, 'foreman', 'start']), { stdio: 'ignore' });
  const ended = once(foreman, 'exit');
  try {
    for (const port of [WEB_PORT, API_PORT]) {
      await occupied(`http://localhost:${port}/`, { timeout: 30_000, process: foreman });
      t.equal(await (await fetch(`http://localhost:${port}/`)).text(), port);
    }
  } finally {
    foreman.kill('SIGTERM');
    await ended;
  }
});

t.test('systemd: the server takes a passed socket, or the number of the file', { skip }, async (t) => {
  const { run, folder } = copyExample(t, 'systemd');
  t.match(await run('port-for', ['-f', 'web.env', 'web']), { code: 0 });
  const { WEB_PORT = '' } = parse(readFileSync(join(folder, 'web.env')));
  const { stdout: port } = await run('port-for', ['web']);
  t.equal(port, `${WEB_PORT}\n`);
  const ask = `const { occupied } = require('port-for-native');
    occupied('http://localhost:' + process.argv[1] + '/', { timeout: 30000 })
      .then(() => fetch('http://localhost:' + process.argv[1] + '/')).then((reply) => reply.text()).then(console.log)`;
  const check = ['--', process.execPath, '-e', ask, WEB_PORT];
  const start = [`localhost:${WEB_PORT}`, 'occupied', '--start'];
  const byNumber = await run('portend', [...start, process.execPath, 'server.js', ...check], { WEB_PORT });
  t.match(byNumber, { code: 0, stdout: 'by number\n' });
  const server = ['port-for', '--run', 'web', '--listen-fds', '--', process.execPath, 'server.js'];
  t.match(await run('portend', [...start, server.map((word) => `'${word}'`).join(' '), ...check]), {
    code: 0,
    stdout: 'by socket\n',
  });
  const units = ['web.service', 'web.socket'].map((unit) => readFileSync(join(folder, unit), 'utf8'));
  t.match(units[0], 'EnvironmentFile=/etc/web.env');
  t.match(units[1], 'FileDescriptorName=web');
});

t.test(
  'systemd: its own activation passes the socket',
  { skip: missing('systemd-socket-activate') },
  async (t) => {
    const { folder } = copyExample(t, 'systemd');
    using held = await lease();
    held.release();
    const words = [
      '-l',
      `127.0.0.1:${held.port}`,
      '--fdname=web',
      process.execPath,
      join(folder, 'server.js'),
    ];
    const server = spawn(...withoutPreloads('systemd-socket-activate', words), { stdio: 'ignore' });
    const ended = once(server, 'exit');
    try {
      await occupied(`http://127.0.0.1:${held.port}/`, { timeout: 30_000, process: server });
      t.equal(await (await fetch(`http://127.0.0.1:${held.port}/`)).text(), 'by socket');
    } finally {
      server.kill('SIGKILL');
      await ended;
    }
  },
);

t.test('GitHub Actions: the steps, one after the other', { skip }, async (t) => {
  const { run, folder } = copyExample(t, 'github-actions');
  const steps = [...readFileSync(join(folder, 'workflow.yml'), 'utf8').matchAll(/- run: (.*)/g)].map(
    ([, step]) => step ?? '',
  );
  t.equal(steps.length, 3);
  const server = `require('node:http').createServer((q, a) => a.end('ok')).listen(process.env.WEB_PORT)`;
  const scripts = { start: 'node server.js', test: 'node test.js' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, scripts }));
  writeFileSync(join(folder, 'server.js'), server);
  writeFileSync(
    join(folder, 'test.js'),
    `fetch('http://localhost:' + process.env.WEB_PORT).then(() => console.log('tested'))`,
  );
  const environment = join(folder, 'github.env');
  writeFileSync(environment, '');
  for (const step of steps.slice(1)) {
    const settings = { ...parse(readFileSync(environment)), GITHUB_ENV: environment };
    const outcome = await run('sh', ['-ec', step], settings);
    t.equal(outcome.code, 0, `${step}: ${outcome.stderr}`);
    if (step.includes('portend')) t.match(outcome.stdout, 'tested');
  }
});

t.test('worktrees: each has ports of its own', { skip: missing('git') }, async (t) => {
  const { run, folder } = copyExample(t, 'worktrees');
  const git = ['-c', 'user.name=x', '-c', 'user.email=x@x', '-c', 'init.defaultBranch=main'];
  for (const words of [
    ['init', '-q'],
    ['add', '.ports'],
    ['commit', '-qm', 'x'],
    ['worktree', 'add', '-q', 'fix'],
  ]) {
    t.match(await run('git', [...git, ...words]), { code: 0 });
  }
  // Not port 3000, which something else may have by now.
  using held = await lease();
  held.release();
  for (const place of ['.', 'fix']) writeFileSync(join(folder, place, '.ports'), `web = ${held.port}\napi\n`);
  const settings = { PORT_FOR_HERE: '1' };
  const first = await run('port-for', ['web', 'api'], settings);
  const second = await run('env', ['-C', 'fix', 'port-for', 'web', 'api'], settings);
  t.equal(first.stdout.split('\n')[0], `${held.port}`);
  t.equal(new Set(`${first.stdout}${second.stdout}`.trim().split('\n')).size, 4);
  const ran = ['--run', 'web', '--with', 'api', '--', 'sh', '-c', 'echo $WEB_PORT $API_PORT'];
  t.equal(
    (await run('env', ['-C', 'fix', 'port-for', ...ran], settings)).stdout,
    second.stdout.replace('\n', ' '),
  );
  t.match(await run('port-for', ['-f', '.env'], settings), { code: 0 });
  t.equal(parse(readFileSync(join(folder, '.env'))).WEB_PORT, `${held.port}`);
  t.match(await run('git', ['worktree', 'remove', '--force', 'fix']), { code: 0 });
  t.match(await run('port-for', ['--prune']), { code: 0, stdout: /of .*\/fix/ });
});

t.test('proxy: the server’s own port is handed over', { skip }, async (t) => {
  const { run, folder } = copyExample(t, 'proxy');
  mkdirSync(join(folder, '.git'));
  const words = [
    '--here',
    '--run',
    'web',
    '--',
    process.execPath,
    'proxy.js',
    '--app-port',
    '{web}',
    process.execPath,
    'server.js',
  ];
  t.match(await run('port-for', words), { code: 0, stdout: 'hello through the proxy\n' });
});
