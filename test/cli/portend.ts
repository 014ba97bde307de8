import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { version } from '../../lib/cli/version';
import { type Outcome, run } from '../support/command';
import { distPath } from '../support/dist';
import { close, listen, NO_IPV6, portOf, reservePort } from '../support/listen';
import { NO_SIGNALS } from '../support/run-call';
import { socketPath } from '../support/sockets';

function portend(...words: string[]): Promise<Outcome> {
  return run(process.execPath, [distPath('portend.js'), ...words]);
}

const SILENCE: Outcome = { code: 0, stdout: '', stderr: '' };

t.test('it is silent and ends with 0 when the port is in the state', async (t) => {
  const server = await listen(t, '127.0.0.1');
  t.strictSame(await portend(`localhost:${portOf(server)}`, 'occupied'), SILENCE);
  t.strictSame(await portend(`localhost:${reservePort(t)}`, 'free'), SILENCE);
});

t.test('it tells the port and ends with 1 when the time is up', async (t) => {
  const port = reservePort(t);
  for (const timeout of ['0', '0.1', '1e-1', '.1']) {
    t.strictSame(await portend('-t', timeout, `localhost:${port}`, 'occupied'), {
      code: 1,
      stdout: '',
      stderr: `Port ${port} not bound on localhost.\n`,
    });
  }
  await listen(t, '127.0.0.1', port);
  t.strictSame(await portend(`127.0.0.1:${port}`, 'free', '--timeout=0.1'), {
    code: 1,
    stdout: '',
    stderr: `Port ${port} not free on 127.0.0.1.\n`,
  });
});

t.test('it waits for a server that comes, and for one that goes', async (t) => {
  const port = reservePort(t);
  const coming = portend('-t', 'inf', `localhost:${port}`, 'occupied');
  await sleep(200);
  const server = await listen(t, '127.0.0.1', port);
  t.strictSame(await coming, SILENCE);
  const going = portend(`localhost:${port}`, 'free');
  await sleep(200);
  await close(server);
  t.strictSame(await going, SILENCE);
});

t.test('it waits for many, and names those that are not in the state', async (t) => {
  const open = portOf(await listen(t, '127.0.0.1'));
  const closed = reservePort(t);
  const targets = [`127.0.0.1:${open}`, `127.0.0.1:${closed}`];
  t.strictSame(await portend('-t', '0.05', ...targets, 'occupied'), {
    code: 1,
    stdout: '',
    stderr: `1 of 2 ports not bound: 127.0.0.1:${closed}.\n`,
  });
  await listen(t, '127.0.0.1', closed);
  t.strictSame(await portend(...targets, 'occupied'), SILENCE);
});

t.test('an IPv6 address is named in brackets', { skip: NO_IPV6 }, async (t) => {
  const port = portOf(await listen(t, '::1'));
  t.strictSame(await portend(`[::1]:${port}`, 'occupied'), SILENCE);
});

t.test('--json prints one line that says what came of it', async (t) => {
  const port = reservePort(t);
  const target = `127.0.0.1:${port}`;
  const good = await portend('--json', target, 'free');
  t.match(good, { code: 0, stderr: '' });
  t.match(JSON.parse(good.stdout), {
    ok: true,
    state: 'free',
    seconds: Number,
    targets: [target],
    pending: [],
  });
  const bad = await portend('-j', '-t', '0', target, 'occupied');
  t.match(bad, { code: 1, stderr: `Port ${port} not bound on 127.0.0.1.\n`, stdout: /^[^\n]+\n$/ });
  t.match(JSON.parse(bad.stdout), {
    ok: false,
    state: 'occupied',
    pending: [target],
    error: { code: 'ERR_PORT_TIMEOUT', message: `Port ${port} not bound on 127.0.0.1.` },
  });
});

t.test('--verbose tells what is tried and what it said', async (t) => {
  const port = reservePort(t);
  const { code, stderr } = await portend('-v', '-t', '0.1', `127.0.0.1:${port}`, 'occupied');
  t.equal(code, 1);
  const [first, second, third, end] = stderr.split('\n');
  t.equal(first, `portend: 127.0.0.1:${port} at 127.0.0.1: ECONNREFUSED`);
  t.match(second, /^portend: not occupied after \d+\.\d s, \d+ tries$/);
  t.equal(third, `Port ${port} not bound on 127.0.0.1.`);
  t.equal(end, '');
});

t.test('invalid arguments end with 2 and the usage', async (t) => {
  const cases: [string[], RegExp][] = [
    [[], /no HOST:PORT and no state given/],
    [['free'], /no HOST:PORT given/],
    [['localhost', 'free'], /"localhost" is not HOST:PORT/],
    [[':80', 'free'], /":80" is not HOST:PORT/],
    [['::1:80', 'free'], /"::1:80" is not HOST:PORT/],
    [['[::1]', 'free'], /"\[::1\]" is not HOST:PORT/],
    [['a:b:c', 'free'], /"a:b:c" is not HOST:PORT/],
    [['', 'free'], /"" is not HOST:PORT/],
    [['localhost:0', 'free'], /port 0 is out of range/],
    [['localhost:65536', 'free'], /port 65536 is out of range/],
    [['localhost:80', 'localhost:x', 'free'], /"localhost:x" is not HOST:PORT/],
    [['localhost:80', 'bound'], /unknown state "bound"/],
    [['localhost:80'], /unknown state "localhost:80"/],
    [['-t', '-1', 'localhost:80', 'free'], /timeout "-1"/],
    [['-t-1', 'localhost:80', 'free'], /timeout "-1"/],
    [['-t', 'soon', 'localhost:80', 'free'], /timeout "soon"/],
    [['-t', '', 'localhost:80', 'free'], /timeout ""/],
    [['-t', 'NaN', 'localhost:80', 'free'], /timeout "NaN"/],
    [['-t'], /option -t needs a value/],
    [['--nope', 'localhost:80', 'free'], /unknown option --nope/],
  ];
  for (const [words, message] of cases) {
    const { code, stdout, stderr } = await portend(...words);
    t.strictSame({ code, stdout }, { code: 2, stdout: '' }, words.join(' '));
    const [first = '', second = ''] = stderr.split('\n');
    t.match(first, /^portend: /);
    t.match(first, message);
    t.match(second, /^usage: portend HOST:PORT\.\.\. free\|occupied /);
  }
});

t.test('--help fits a window, --version is that of the package', async (t) => {
  const { code, stdout, stderr } = await portend('--help');
  t.strictSame({ code, stderr }, { code: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  t.ok(lines.length <= 40 && lines.every((line) => line.length <= 80));
  t.match(stdout, /^usage: portend .*portend localhost:8080 occupied/s);
  t.strictSame(await portend('--version'), { ...SILENCE, stdout: `${version()}\n` });
});

t.test('it needs no addon to read its words and to begin', async (t) => {
  const folder = t.testdir({
    'hook.cjs': 'process.dlopen = () => { console.log("loaded"); process.exit(9); };',
  });
  const portendHooked = (...words: string[]) =>
    run(process.execPath, ['-r', join(folder, 'hook.cjs'), distPath('portend.js'), ...words]);
  t.match(await portendHooked('--help'), { code: 0, stdout: /^usage/ });
  t.match(await portendHooked('--version'), { code: 0 });
  t.match(await portendHooked('localhost:80', 'nope'), { code: 2, stdout: '' });
  // The last one ends the wait when those for the others have begun.
  const targets = ['localhost:9', '127.0.0.2:9', '[::0.0.0.0]:9', '[::ffff:127.0.0.1]:9', '[fe80::1]:9'];
  t.match(await portendHooked(...targets, 'occupied'), { code: 1, stdout: '', stderr: /link-local/ });
});

t.test('Ctrl-C ends it at once with 130', { skip: NO_SIGNALS }, async (t) => {
  const words = [distPath('portend.js'), '-v', `127.0.0.1:${reservePort(t)}`, 'occupied'];
  const child = spawn(process.execPath, words, {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await once(child.stderr, 'data');
  child.kill('SIGINT');
  t.strictSame(await once(child, 'close'), [130, null]);
});

const NO_SCRIPT =
  spawnSync('script', ['--version']).status === 0 ? false : 'there is no script(1) to make a terminal';

t.test('on a terminal a long wait shows its progress on one line', { skip: NO_SCRIPT }, async (t) => {
  const words = [process.execPath, distPath('portend.js'), '-v', '-t', '2.5', `127.0.0.1:${reservePort(t)}`];
  const { stdout } = await run('script', ['-qec', `${words.join(' ')} occupied`, '/dev/null']);
  const lines = stdout.replaceAll('\r\u001b[2K', '\n');
  t.match(lines, /\nwaiting for \d+\.\d s, \d+ tries, last 127\.0\.0\.1:\d+ at 127\.0\.0\.1: ECONN/);
  t.match(lines, /\nportend: not occupied after \d+\.\d s, \d+ tries\r\n/);
});

const NO_UNIX_SOCKETS = process.platform === 'win32';

async function listenOnPath(t: Test): Promise<string> {
  const path = socketPath(t);
  const server = createServer().listen(path);
  t.teardown(() => server.close());
  await once(server, 'listening');
  return path;
}

t.test('targets of every kind in one call', async (t) => {
  const http = createHttpServer(({ url }, response) => response.writeHead(url === '/ok' ? 200 : 503).end());
  await listen(t, '127.0.0.1', undefined, http);
  const url = `http://127.0.0.1:${portOf(http)}`;
  const tcp = `127.0.0.1:${portOf(await listen(t, '127.0.0.1'))}`;
  const unix = NO_UNIX_SOCKETS ? [] : [`unix:${await listenOnPath(t)}`];
  t.strictSame(await portend('-t', '0', '--steady', '20', `${url}/ok`, ...unix, tcp, 'occupied'), SILENCE);
  t.strictSame(await portend('-t', '0', '--status', '200-599', `${url}/bad`, 'occupied'), SILENCE);
  const { code, stdout, stderr } = await portend('-j', '-v', '-t', '0', tcp, `${url}/bad`, 'occupied');
  t.equal(code, 1);
  t.match(stderr, `${url}/bad at 127.0.0.1: 503 from ${url}/bad\n`);
  t.match(stderr, `1 of 2 targets not ready: ${url}/bad (503 from ${url}/bad).`);
  t.match(JSON.parse(stdout), { pending: [`${url}/bad`], replies: [`503 from ${url}/bad`] });
});

t.test('headers, a certificate file and a process can be named', async (t) => {
  const http = createHttpServer(({ headers }, response) =>
    response.writeHead(headers['x-key'] === 'a: b' && headers['x-other'] === '' ? 200 : 401).end(),
  );
  await listen(t, '127.0.0.1', undefined, http);
  const url = `http://127.0.0.1:${portOf(http)}/`;
  t.strictSame(
    await portend('-t', '0', '--header', 'X-Key: a: b', '--header', 'X-Other:', url, 'occupied'),
    SILENCE,
  );
  t.match(await portend('-t', '0', '--ca', '/no/such', url, 'occupied'), { code: 2, stderr: /ENOENT/ });
  t.match(await portend('--header', 'x', url, 'occupied'), { code: 2, stderr: /'NAME: TEXT'/ });
  t.match(await portend('--steady', '1s', url, 'occupied'), { code: 2, stderr: /--steady "1s"/ });
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume().on("end", () => process.exit(3))'], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const wait = portend('-j', '--while', `${child.pid}`, `127.0.0.1:${reservePort(t)}`, 'occupied');
  setTimeout(() => child.stdin.end(), 300);
  const { code, stderr, stdout } = await wait;
  t.match({ code, stderr }, { code: 1, stderr: `process ${child.pid} has ended` });
  t.match(JSON.parse(stdout), { ok: false, error: { code: 'ERR_PORT_PROCESS_ENDED' } });
});

t.test('the word that was meant is said, in two lines', async (t) => {
  for (const [words, meant] of [
    [['8080'], 'portend localhost:8080 occupied?'],
    [['localhost', '8080', 'occupied'], 'portend localhost:8080 occupied?'],
    [['127.0.0.1', '8080', 'free'], 'portend 127.0.0.1:8080 free?'],
    [['8080', '8081', 'occupied'], 'portend localhost:8080 localhost:8081 occupied?'],
    [['http://localhost:8080'], 'portend http://localhost:8080 occupied?'],
    [['localhost:8080', 'ocupied'], 'occupied?'],
    [['--timout', '5', 'localhost:80', 'free'], '--timeout?'],
  ] as const) {
    const { code, stderr } = await portend(...words);
    t.equal(code, 2);
    t.match(stderr, new RegExp(`^portend: .*: did you mean ${meant.replace(/[?.]/g, '\\$&')}\nusage: .*\n$`));
  }
});

t.test('-j prints JSON for invalid arguments too', async (t) => {
  for (const words of [['-j'], ['--json', '8080'], ['-vj', '--nope', 'localhost:80', 'free']]) {
    const { code, stdout, stderr } = await portend(...words);
    t.equal(code, 2);
    const { ok, error } = JSON.parse(stdout);
    t.match({ ok, code: error.code }, { ok: false, code: 'ERR_PORT_INVALID_VALUE' });
    t.match(stderr, error.message);
  }
});

t.test('-t=0.2 is a timeout', async (t) => {
  t.match(await portend('-t=0.2', `127.0.0.1:${reservePort(t)}`, 'occupied'), { code: 1 });
});
