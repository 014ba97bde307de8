import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { lease } from '../../../lib/lease/lease';
import { withoutPreloads } from '../../support/command';
import { copyExample } from '../../support/example';

/** Answers at a port and at a Unix socket, `/forbidden` with 403, after half a second. */
const SERVER = `
const { createServer } = require('node:http');
const answer = (request, response) => {
  response.statusCode = request.url === '/forbidden' ? 403 : 200;
  response.end('hello');
};
setTimeout(() => {
  createServer(answer).listen(process.argv[2]);
  if (process.argv[3]) createServer(answer).listen(process.argv[3]);
}, 500);
`;

/** An example of a peer's documentation, what does it here, and how both end. PORT and SOCKET are replaced. */
interface Example {
  readonly peer: readonly string[];
  readonly ours: readonly string[];
  readonly code: number;
  /** Whether the server has to be started beside it; else the commands do that. */
  readonly needsServer?: boolean;
}

const WAIT_ON: readonly Example[] = [
  {
    peer: ['http://localhost:PORT/foo'],
    ours: ['http://localhost:PORT/foo', 'occupied'],
    code: 0,
    needsServer: true,
  },
  {
    peer: ['http-get://localhost:PORT/foo'],
    ours: ['http://localhost:PORT/foo', 'occupied'],
    code: 0,
    needsServer: true,
  },
  { peer: ['tcp:PORT'], ours: ['localhost:PORT', 'occupied'], code: 0, needsServer: true },
  { peer: ['socket:SOCKET'], ours: ['unix:SOCKET', 'occupied'], code: 0, needsServer: true },
  {
    peer: ['http://unix:SOCKET:/a/foo'],
    ours: ['http+unix:SOCKET:/a/foo', 'occupied'],
    code: 0,
    needsServer: true,
  },
  {
    peer: ['tcp:PORT', 'http://localhost:PORT/foo'],
    ours: ['localhost:PORT', 'http://localhost:PORT/foo', 'occupied'],
    code: 0,
    needsServer: true,
  },
  { peer: ['-t', '700', 'tcp:PORT'], ours: ['-t', '0.7', 'localhost:PORT', 'occupied'], code: 1 },
  {
    peer: ['-t', '1500', 'http://localhost:PORT/forbidden'],
    ours: ['-t', '1.5', 'http://localhost:PORT/forbidden', 'occupied'],
    code: 1,
    needsServer: true,
  },
  { peer: ['-r', 'tcp:PORT'], ours: ['localhost:PORT', 'free'], code: 0 },
];

const START = ['--start', 'npm', 'start', '--', 'npm', 'test'];

const START_SERVER_AND_TEST: readonly Example[] = [
  {
    peer: ['start', 'http://localhost:PORT', 'test'],
    ours: ['http://localhost:PORT', 'occupied', ...START],
    code: 0,
  },
  { peer: ['start', 'PORT', 'test'], ours: ['localhost:PORT', 'occupied', ...START], code: 0 },
  { peer: ['http://localhost:PORT'], ours: ['http://localhost:PORT', 'occupied', ...START], code: 0 },
  {
    peer: ['node server.js PORT', 'PORT', 'node test.js PORT'],
    ours: ['localhost:PORT', 'occupied', '--start', 'node server.js PORT', '--', 'node', 'test.js', 'PORT'],
    code: 0,
  },
  {
    peer: ['--expect', '403', 'start', 'http://localhost:PORT/forbidden', 'test'],
    ours: ['--status', '403', 'http://localhost:PORT/forbidden', 'occupied', ...START],
    code: 0,
  },
  {
    peer: ['start', 'http://localhost:PORT', 'test:fails'],
    ours: ['http://localhost:PORT', 'occupied', '--start', 'npm', 'start', '--', 'npm', 'run', 'test:fails'],
    code: 1,
  },
];

async function compare(t: Test, command: string, examples: readonly Example[]): Promise<void> {
  const { folder, run } = copyExample(t, 'waiting', (folder) => {
    const dependencies = { 'wait-on': '^9.0.0', 'start-server-and-test': '^2.1.0' };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
    const words = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
    const { status, stderr } = spawnSync('npm', words, { cwd: folder, encoding: 'utf8', timeout: 300_000 });
    if (status !== 0) throw new Error(`npm install: ${stderr}`);
  });
  mkdirSync(join(folder, '.git'));
  writeFileSync(join(folder, 'server.js'), SERVER);
  writeFileSync(
    join(folder, 'test.js'),
    `fetch('http://localhost:' + process.argv[2]).then((reply) => process.exit(reply.ok ? 0 : 1))`,
  );
  for (const [index, { peer, ours, code, needsServer }] of examples.entries()) {
    for (const [who, program, words] of [
      [command, command, peer],
      ['portend', 'portend', ours],
    ] as const) {
      using held = await lease();
      held.release();
      const socket = join(folder, `${index}-${who}`);
      const fill = (word: string) => word.replaceAll('PORT', `${held.port}`).replaceAll('SOCKET', socket);
      const scripts = {
        start: `node server.js ${held.port}`,
        test: `node test.js ${held.port}`,
        'test:fails': 'exit 1',
      };
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, scripts }));
      const start = ['-C', folder, process.execPath, 'server.js', `${held.port}`, socket];
      const server = needsServer ? spawn(...withoutPreloads('env', start), { stdio: 'ignore' }) : undefined;
      const outcome = await run(program, words.map(fill));
      t.equal(outcome.code, code, `${who} ${words.join(' ')}: ${outcome.stderr}`);
      if (server !== undefined) await end(server);
    }
  }
}

async function end(server: ChildProcess): Promise<void> {
  const ended = once(server, 'exit');
  server.kill('SIGKILL');
  await ended;
}

t.test("wait-on's documented examples end alike", (t) => compare(t, 'wait-on', WAIT_ON));

t.test("start-server-and-test's documented examples end alike", (t) =>
  compare(t, 'start-server-and-test', START_SERVER_AND_TEST),
);
