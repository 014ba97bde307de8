import '../support/alone';

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type Outcome, run, withoutPreloads } from '../support/command';
import { distPath } from '../support/dist';
import { listen, reservePort } from '../support/listen';

const SKIP = process.platform === 'win32' ? 'needs process groups' : false;

/** A server on the port of its first word: with a child of its own that takes no notice of SIGTERM. */
const SERVER = `
const { createServer } = require('node:http');
console.log('serving', process.argv[1], process.env.WEB_PORT, process.env.PORT);
createServer((_, response) => response.end()).listen(Number(process.argv[1]), '127.0.0.1');
`;

function settings(t: Test): Record<string, string> {
  return { PORT_FOR_CONFIG: join(t.testdir({}), 'port-for.conf') };
}

function portend(t: Test, ...words: string[]): Promise<Outcome> {
  return run(process.execPath, [distPath('portend.js'), ...words], settings(t));
}

/** The words that start the server on a port that `{web}` stands for. */
const START = ['--start', process.execPath, '-e', SERVER, '{web}'];

t.test('a command runs when the server is ready, with the same ports', { skip: SKIP }, async (t) => {
  const ask = `fetch('http://127.0.0.1:{web}/').then(({ status }) => console.log(status, process.env.WEB_PORT === '{web}'))`;
  const { code, stdout, stderr } = await portend(
    t,
    'http://127.0.0.1:{web}/',
    'occupied',
    ...START,
    '--',
    process.execPath,
    '-e',
    ask,
  );
  t.strictSame({ code, stdout, stderr }, { code: 0, stdout: '200 true\n', stderr: '' });
});

t.test('it ends as the command did, and the server with it', { skip: SKIP }, async (t) => {
  const port = reservePort(t);
  const words = [
    `127.0.0.1:${port}`,
    'occupied',
    '--start',
    `'${process.execPath}' -e "$SERVER" ${port}; true`,
  ];
  const { code } = await run(
    process.execPath,
    [distPath('portend.js'), ...words, '--', 'sh', '-c', 'exit 7'],
    { SERVER },
  );
  t.equal(code, 7);
  await listen(t, '127.0.0.1', port);
});

t.test('a server that ignores SIGTERM is killed', { skip: SKIP }, async (t) => {
  const stubborn = `process.on('SIGTERM', () => {}); ${SERVER}`;
  const port = reservePort(t);
  const { code } = await portend(
    t,
    ...[
      `127.0.0.1:${port}`,
      'occupied',
      '--start',
      process.execPath,
      '-e',
      stubborn,
      `${port}`,
      '--',
      'true',
    ],
  );
  t.equal(code, 0);
  await listen(t, '127.0.0.1', port);
});

t.test('when the server ends too early, its last lines are shown', { skip: SKIP }, async (t) => {
  const port = reservePort(t);
  const server = "console.log('one'); console.error('two'); process.exit(4)";
  const { code, stdout, stderr } = await portend(
    t,
    ...[`127.0.0.1:${port}`, 'occupied', '--start', process.execPath, '-e', server, '--', 'echo', 'never'],
  );
  t.strictSame({ code, stdout }, { code: 1, stdout: '' });
  t.match(
    stderr,
    new RegExp(
      `^process \\d+ has ended with exit code 4: Port ${port} not bound on 127.0.0.1.\nThe server's last lines:\n`,
    ),
  );
  t.match(stderr, /\none\n/);
  t.match(stderr, /\ntwo\n/);
  const missing = await portend(t, `127.0.0.1:${port}`, 'occupied', '--start', '/no/such', '--', 'true');
  t.match(missing, { code: 127, stderr: /cannot run "\/no\/such": command not found/ });
});

/** Starts a server, and waits beside it for a target that never comes; what it says is in `text()`. */
async function startInVain(server: string, port: number) {
  const words = [`127.0.0.1:${port}`, '127.0.0.1:1', 'occupied', '--start', process.execPath, '-e', server];
  const child = spawn(
    ...withoutPreloads(process.execPath, [distPath('portend.js'), '-v', ...words, `${port}`, '--', 'true']),
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  while (!text.includes('accepted')) await sleep(10);
  return { child, closed: once(child, 'close'), text: () => text };
}

t.test('Ctrl-C and SIGTERM end all of it', { skip: SKIP }, async (t) => {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const port = reservePort(t);
    const { child, closed } = await startInVain(SERVER, port);
    child.kill(signal);
    t.strictSame(await closed, [code, null]);
    await listen(t, '127.0.0.1', port);
  }
});

t.test('a second signal kills a server that takes its time to end', { skip: SKIP }, async (t) => {
  const port = reservePort(t);
  const stubborn = `process.on('SIGTERM', () => console.log('not yet')); ${SERVER}`;
  const { child, closed, text } = await startInVain(stubborn, port);
  child.kill('SIGTERM');
  while (!text().includes('not yet')) await sleep(10);
  child.kill('SIGINT');
  t.strictSame(await closed, [143, null]);
  await listen(t, '127.0.0.1', port);
});

t.test('invalid calls are refused before anything is started', { skip: SKIP }, async (t) => {
  for (const [words, message] of [
    [['localhost:1', 'occupied', '--start', 'true'], /needs a command to run beside the server/],
    [['localhost:1', 'occupied', '--start', '--', 'true'], /--start needs the command of a server/],
    [['localhost:1', 'free', '--start', 'true', '--', 'true'], /--start goes with occupied/],
    [['--start', 'true', '--', 'true'], /no HOST:PORT and no state given/],
  ] as const) {
    const { code, stderr } = await portend(t, ...words);
    t.equal(code, 2, words.join(' '));
    t.match(stderr, message);
  }
});
