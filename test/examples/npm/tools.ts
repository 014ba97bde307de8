import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { occupied } from '../../../lib/wait/wait';
import { copyExample } from '../../support/example';

/** Installs what an example depends on. */
function install(folder: string): void {
  const words = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
  const { status, stderr } = spawnSync('npm', words, { cwd: folder, encoding: 'utf8', timeout: 300_000 });
  if (status !== 0) throw new Error(`npm install: ${stderr}`);
}

t.test('express', async (t) => {
  const { run, folder } = copyExample(t, 'express', install);
  t.match(await run(process.execPath, ['leased.js']), { code: 0, stdout: 'hello\n' });
  const words = ['http://localhost:{web}/', 'occupied', '--start', process.execPath, 'server.js'];
  const check = `fetch('http://localhost:' + process.env.WEB_PORT).then((reply) => reply.text()).then(console.log)`;
  const settings = { PORT: (await run('port-for', ['web'])).stdout.trim() };
  t.match(await run('portend', [...words, '--', process.execPath, '-e', check], settings), {
    code: 0,
    stdout: 'hello\n',
  });
  t.ok(folder);
});

t.test('vite', async (t) => {
  const { run, folder } = copyExample(t, 'vite', install);
  const port = (await run('port-for', ['--here', 'web'])).stdout.trim();
  const environment = { ...process.env, PORT_FOR_CONFIG: `${folder}/port-for.conf`, NODE_OPTIONS: '' };
  const vite = spawn('npm', ['run', 'dev'], {
    cwd: folder,
    stdio: 'ignore',
    detached: true,
    env: environment,
  });
  const ended = once(vite, 'exit');
  await occupied(`http://localhost:${port}/`, { timeout: 60_000, process: vite });
  t.match(await (await fetch(`http://localhost:${port}/`)).text(), 'hello from vite');
  process.kill(-(vite.pid ?? 0), 'SIGTERM');
  await ended;
});

for (const name of ['vitest', 'jest', 'playwright']) {
  t.test(name, async (t) => {
    const { run } = copyExample(t, name, install);
    const outcome = await run('npm', ['test']);
    t.equal(outcome.code, 0, `${outcome.stdout}\n${outcome.stderr}`);
    t.match(`${outcome.stdout}${outcome.stderr}`, /passed/);
  });
}
