import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { portFor, run, withoutPreloads } from '../support/command';
import { distPath } from '../support/dist';
import { LINGERING_IS_FREE, listen, NO_IPV6, NO_SECOND_LOOPBACK, portOf } from '../support/listen';
import { NO_TABLE } from '../support/no-table';
import { ASSUME_NOBODY, noNobody, systemPortsAreFree } from '../support/privilege';
import { until } from '../support/program';
import { NO_SIGNALS } from '../support/run-call';

async function bindUdp(t: Test): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  t.teardown(() => socket.close());
  await once(socket, 'listening');
  return socket.address().port;
}

t.test(
  '--scan alone prints the used ports of this machine and who has them',
  { skip: NO_TABLE },
  async (t) => {
    const tcp = portOf(await listen(t, '127.0.0.1'));
    const udp = await bindUdp(t);
    const { code, stdout, stderr } = await portFor(['--scan']);
    t.strictSame({ code, stderr }, { code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    t.match(lines[0], /^PORT +ADDRESS +SERVICE +PROCESS$/);
    const lineOf = (place: string) => lines.find((line) => line.startsWith(`${place} `));
    const own = new RegExp(` +127\\.0\\.0\\.1 .*\\(${process.pid}\\)$`);
    t.match(lineOf(`${udp}/udp`), own);
    t.match(lineOf(`${tcp}/tcp`), / 127\.0\.0\.1\b/);
    t.match(lineOf(`${tcp}/tcp`), own);
    t.match(lines.at(-1), /^\d+ ports used \(.*s\)$/);
  },
);

t.test('--scan PORTS tells used from free ports, with a summary', async (t) => {
  const port = portOf(await listen(t, '127.0.0.1'));
  for (const words of [[], ['--host', '127.0.0.1'], ['--host', 'localhost', '--method', 'connect']]) {
    const { code, stdout } = await portFor(['--scan', `${port}`, ...words]);
    t.equal(code, 0);
    t.match(stdout, new RegExp(`^${port}/tcp `, 'm'));
    t.match(stdout, /^1 port of .*: 1 used, 0 free \([\d.]+ m?s\)$/m);
  }
});

t.test(
  'without root, --scan tells which ports it may not ask, and hides no others',
  { skip: systemPortsAreFree() || noNobody() },
  async (t) => {
    const command = `${ASSUME_NOBODY} ${process.execPath} ${distPath('port-for.js')}`;
    const { stdout } = await run('sh', ['-c', `${command} --scan 1-5 --method bind`]);
    t.match(stdout, /^5 ports of this machine: 0 used, 0 free, 5 denied \(1-5\) \([\d.]+ m?s\)$/m);
    const port = portOf(await listen(t, '127.0.0.1'));
    const all = await run('sh', ['-c', `${command} --scan`]);
    const line = all.stdout.split('\n').find((line) => line.startsWith(`${port}/tcp `));
    t.match(line, /^\d+\/tcp +127\.0\.0\.1\s*$/, 'with no word of whose it is');
  },
);

t.test('--json says the same to programs', async (t) => {
  const port = portOf(await listen(t, '127.0.0.1'));
  const { code, stdout } = await portFor(['--scan', `${port}`, '--host', '127.0.0.1', '--json']);
  t.equal(code, 0);
  t.match(JSON.parse(stdout), {
    host: '127.0.0.1',
    used: [{ port, transport: 'tcp' }],
    free: '',
    denied: '',
    filtered: '',
    seconds: Number,
  });
});

t.test(
  '--host names what has the port there, and nobody at other addresses',
  { skip: NO_SECOND_LOOPBACK },
  async (t) => {
    const port = portOf(await listen(t, '127.0.0.1'));
    await listen(t, '127.0.0.2', port);
    for (const host of ['127.0.0.1', '127.0.0.2']) {
      const { stdout } = await portFor(['--scan', `${port}`, '--host', host, '--json']);
      const { used } = JSON.parse(stdout);
      t.match(used, [{ port, addresses: [host] }]);
      t.match(used, [{ owners: [{ pid: process.pid }] }]);
    }
    const { stdout } = await portFor(['--scan', `${port}`, '--host', '0.0.0.0', '--json']);
    t.strictSame(JSON.parse(stdout).used[0].addresses.sort(), ['127.0.0.1', '127.0.0.2']);
  },
);

t.test(
  'so it does by the IPv4 address of a server of both families',
  { skip: NO_TABLE || NO_IPV6 || LINGERING_IS_FREE },
  async (t) => {
    const server = await listen(t, '::');
    const port = portOf(server);
    const client = connect(port, '127.0.0.1');
    const [socket] = (await once(server, 'connection')) as [Socket];
    t.teardown(() => client.destroy());
    t.teardown(() => socket.destroy());
    server.close();
    const { stdout } = await portFor(['--scan', `${port}`, '--host', '127.0.0.1', '--json']);
    const [used] = JSON.parse(stdout).used;
    t.ok(used.addresses.includes('127.0.0.1'), used.addresses);
    t.equal(used.owners[0]?.pid, process.pid);
  },
);

t.test('invalid arguments end with code 2 and name the value', async (t) => {
  const cases: [string[], RegExp][] = [
    [['--scan', '70000'], /ports 70000 is out of range/],
    [['--scan', 'foo'], /ports "foo" is not a port/],
    [['--scan', '80', '90'], /unexpected 90/],
    [['--scan', '80', '--method', 'magic'], /method for tcp must be one of .*, not "magic"/],
    [['--scan', '80', '--user'], /--scan does not go with --user/],
    [['--host', '127.0.0.1', 'web'], /--host goes with --scan/],
  ];
  for (const [words, problem] of cases) {
    const { code, stdout, stderr } = await portFor(words);
    t.strictSame({ code, stdout }, { code: 2, stdout: '' }, words.join(' '));
    t.match(stderr, problem);
  }
});

t.test('a host that cannot be asked is one line and code 1', async (t) => {
  const cases: [string[], RegExp][] = [
    [['--scan', '80', '--host', 'no-such-host.invalid'], /"no-such-host\.invalid" does not resolve/],
    [
      ['--scan', '80', '--host', '192.0.2.1', '--method', 'bind'],
      // A machine that is in no network says that.
      /"192\.0\.2\.1" is not an address of this machine|no way to "192\.0\.2\.1"/,
    ],
  ];
  for (const [words, problem] of cases) {
    const { code, stderr } = await portFor(words);
    t.equal(code, 1);
    t.match(stderr, problem);
    t.equal(stderr.trimEnd().split('\n').length, 1);
  }
});

t.test('--udp asks UDP ports, --timeout and --concurrency are passed on', async (t) => {
  const port = await bindUdp(t);
  const { code, stdout } = await portFor(['--scan', `${port}`, '--udp']);
  t.equal(code, 0);
  t.match(stdout, new RegExp(`^${port}/udp `, 'm'));
  const words = [
    '--scan',
    '1',
    '--host',
    '127.0.0.1',
    '--method',
    'connect',
    '--timeout',
    '0.5',
    '--concurrency',
    '10',
  ];
  t.match(await portFor(words), { code: 0, stdout: /1 free/ });
  t.match(await portFor(['--scan', '1', '--concurrency', 'many']), { code: 2, stderr: /concurrency NaN/ });
  t.match(await portFor(['--scan', '--udp', '--json']), {
    code: 0,
    stdout: new RegExp(`"port":${port},"transport":"udp"`),
  });
});

/** Whether somebody connects to the address, as the kernel tells. */
function isAsked(address: string): boolean {
  const bytes = Buffer.from(address.split('.').map(Number)).reverse();
  const pattern = new RegExp(` ${bytes.toString('hex')}:\\w{4} 02 `, 'i');
  return process.platform === 'linux' && pattern.test(readFileSync('/proc/net/tcp', 'utf8'));
}

t.test(
  'Ctrl-C prints what was found so far, marked as partial, and ends with 130',
  { skip: NO_SIGNALS },
  async (t) => {
    const [program, words] = withoutPreloads(process.execPath, [
      distPath('port-for.js'),
      ...['--scan', '1-2000', '--host', '192.0.2.1', '--timeout', '5', '--concurrency', '10', '--json'],
    ]);
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = [child.stdout, child.stderr].map((stream) => text(stream));
    t.teardown(() => child.kill('SIGKILL'));
    const end = once(child, 'exit');
    await until(() => child.exitCode !== null || isAsked('192.0.2.1'));
    child.kill('SIGINT');
    const [code] = await end;
    const [stdout = '', stderr = ''] = await Promise.all(texts);
    if (/knows no way/.test(stderr)) return void t.equal(code, 1, 'this machine has no network');
    t.strictSame({ code, stderr }, { code: 130, stderr: '' });
    t.match(JSON.parse(stdout), { host: '192.0.2.1', isPartial: true });
  },
);

t.test('--watch tells what starts and stops, until Ctrl-C', { skip: NO_TABLE }, async (t) => {
  const [program, words] = withoutPreloads(process.execPath, [
    distPath('port-for.js'),
    '--scan',
    '--watch',
    '--json',
  ]);
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  const server = await listen(t, '127.0.0.1', 0);
  const port = portOf(server);
  const event = (kind: string) =>
    said.split('\n').some((line) => line.startsWith(`{"event":"${kind}","port":${port},`));
  t.ok(await until(() => event('new') || event('used')), 'new');
  server.close();
  t.ok(await until(() => event('gone')), 'gone');
  child.kill('SIGINT');
  t.strictSame(await once(child, 'exit'), [130, null], 'Ctrl-C', { skip: NO_SIGNALS });
  t.match(await portFor(['--scan', '80', '--watch']), {
    code: 2,
    stderr: /--watch shows what this machine uses/,
  });
});
