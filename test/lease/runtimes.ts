import '../support/alone';

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { lease } from '../../lib/lease/lease';
import { PortPool } from '../../lib/pool/pool';
import { occupied } from '../../lib/wait/wait';
import { withoutPreloads } from '../support/command';

/** A server of a runtime, and whether it can listen beside a lease, which it can where it sets SO_REUSEADDR. */
interface Runtime {
  readonly name: string;
  /** The words that print its version, and fail where it is missing. */
  readonly probe: readonly string[];
  readonly isBeside: boolean;
  /** The words that start a server on `port`. */
  start(t: Test, port: number): readonly string[];
  /** Whether it takes longer to install or to start than a run of all tests should. */
  readonly isHeavy?: boolean;
}

const file = (t: Test, name: string, text: string): string => {
  const path = join(t.testdirName, name);
  mkdirSync(t.testdirName, { recursive: true });
  writeFileSync(path, text);
  return path;
};

const JAVASCRIPT = (port: number) =>
  `require('node:http').createServer((q, a) => a.end('ok')).listen(${port}, () => {})`;

const RUNTIMES: readonly Runtime[] = [
  {
    name: 'Node',
    probe: [process.execPath, '--version'],
    isBeside: true,
    start: (_, port) => [process.execPath, '-e', JAVASCRIPT(port)],
  },
  {
    name: 'Deno',
    probe: ['deno', '--version'],
    isBeside: true,
    isHeavy: true,
    start: (t, port) => [
      'deno',
      'run',
      '-A',
      file(t, 'd.js', `Deno.serve({ port: ${port} }, () => new Response('ok'))`),
    ],
  },
  {
    name: 'Bun',
    probe: ['bun', '--version'],
    isBeside: true,
    isHeavy: true,
    start: (t, port) => [
      'bun',
      'run',
      file(t, 'b.js', `Bun.serve({ port: ${port}, fetch: () => new Response('ok') })`),
    ],
  },
  {
    name: 'Python http.server',
    probe: ['python3', '--version'],
    isBeside: true,
    start: (_, port) => ['python3', '-m', 'http.server', `${port}`],
  },
  {
    name: 'Python asyncio',
    probe: ['python3', '--version'],
    isBeside: true,
    start: (_, port) => [
      'python3',
      '-c',
      `import asyncio\nasync def main():\n  server = await asyncio.start_server(lambda r, w: w.close(), None, ${port})\n  await server.serve_forever()\nasyncio.run(main())`,
    ],
  },
  {
    name: 'Python socket without options',
    probe: ['python3', '--version'],
    isBeside: false,
    start: (_, port) => [
      'python3',
      '-c',
      `import socket, time\ns = socket.socket()\ns.bind(('', ${port}))\ns.listen()\ntime.sleep(60)`,
    ],
  },
  {
    name: 'Go net/http',
    probe: ['go', 'version'],
    isBeside: true,
    isHeavy: true,
    start: (t, port) => {
      const program = file(
        t,
        'main.go',
        `package main\nimport "net/http"\nfunc main() { panic(http.ListenAndServe(":${port}", nil)) }\n`,
      );
      const binary = join(t.testdirName, 'server');
      const built = spawnSync('go', ['build', '-o', binary, program], {
        encoding: 'utf8',
        env: {
          ...process.env,
          GOCACHE: join(t.testdirName, 'cache'),
          GOFLAGS: '-mod=mod',
          GO111MODULE: 'off',
        },
      });
      if (built.status !== 0) throw new Error(built.stderr);
      return [binary];
    },
  },
  {
    name: 'Java ServerSocket',
    probe: ['java', '-version'],
    isBeside: true,
    isHeavy: true,
    start: (t, port) => [
      'java',
      file(
        t,
        'Server.java',
        `public class Server { public static void main(String[] a) throws Exception { var s = new java.net.ServerSocket(${port}); while (true) s.accept().close(); } }`,
      ),
    ],
  },
  {
    name: 'Java HttpServer',
    probe: ['java', '-version'],
    isBeside: true,
    isHeavy: true,
    start: (t, port) => [
      'java',
      file(
        t,
        'Web.java',
        `import com.sun.net.httpserver.HttpServer; public class Web { public static void main(String[] a) throws Exception { HttpServer.create(new java.net.InetSocketAddress(${port}), 0).start(); } }`,
      ),
    ],
  },
  {
    name: '.NET',
    probe: ['dotnet', '--version'],
    isBeside: true,
    isHeavy: true,
    start: (t, port) => {
      const folder = join(t.testdirName, 'net');
      spawnSync('dotnet', ['new', 'web', '-o', folder]);
      return ['dotnet', 'run', '--project', folder, '--urls', `http://*:${port}`];
    },
  },
  {
    name: 'Ruby TCPServer',
    probe: ['ruby', '--version'],
    isBeside: true,
    start: (_, port) => ['ruby', '-rsocket', '-e', `s = TCPServer.new(${port}); loop { s.accept.close }`],
  },
  {
    name: 'nginx',
    probe: ['nginx', '-v'],
    isBeside: true,
    start: (t, port) => {
      const folder = t.testdirName;
      const text = `daemon off; pid ${folder}/pid; error_log stderr; events {} http { access_log off; server { listen ${port}; } }`;
      return ['nginx', '-p', folder, '-c', file(t, 'nginx.conf', text)];
    },
  },
  {
    name: 'redis',
    probe: ['redis-server', '--version'],
    isBeside: true,
    start: (_, port) => ['redis-server', '--port', `${port}`, '--save', '', '--appendonly', 'no'],
  },
  {
    name: 'PostgreSQL',
    probe: ['/usr/lib/postgresql/15/bin/postgres', '--version'],
    isBeside: true,
    isHeavy: true,
    start: (t, port) => {
      const data = join(t.testdirName, 'data');
      const bin = '/usr/lib/postgresql/15/bin';
      mkdirSync(t.testdirName, { recursive: true });
      const user =
        process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : ['env'];
      if (process.getuid?.() === 0) spawnSync('chown', ['65534', t.testdirName]);
      const [program = '', ...words] = [...user, `${bin}/initdb`, '-D', data, '-A', 'trust', '--no-sync'];
      const made = spawnSync(program, words, { encoding: 'utf8' });
      if (made.status !== 0) throw new Error(made.stderr);
      return [...user, `${bin}/postgres`, '-D', data, '-p', `${port}`, '-k', data, '-c', 'fsync=off'];
    },
  },
];

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  try {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
  await ended;
}

const ALL = process.env.TEST_RUNTIMES === 'all';

for (const { name, probe, isBeside, start, isHeavy = false } of RUNTIMES) {
  const [program = '', ...words] = probe;
  const skip =
    process.platform !== 'linux'
      ? 'leases stand beside servers on Linux alone'
      : isHeavy && !ALL
        ? 'TEST_RUNTIMES=all runs it'
        : spawnSync(program, words).error === undefined
          ? false
          : `needs ${program}`;
  const launch = (t: Test, port: number): ChildProcess => {
    const child = spawn(...withoutPreloads(...asPair(start(t, port))), { stdio: 'ignore', detached: true });
    t.teardown(() => end(child));
    return child;
  };

  t.test(`${name} ${isBeside ? 'listens' : 'does not listen'} beside a lease`, { skip }, async (t) => {
    using held = await lease();
    const child = launch(t, held.port);
    const ready = occupied('localhost', held.port, { timeout: 60_000, process: child });
    if (!isBeside) {
      await t.rejects(ready, { code: 'ERR_PORT_PROCESS_ENDED' });
      return;
    }
    await ready;
    t.equal(held.released, false, 'and the port stays held');
  });

  if (isBeside) continue;
  t.test(`${name} listens where the pool remembers the port only`, { skip }, async (t) => {
    using pool = new PortPool();
    const reservation = await pool.reserve(name, { hold: false });
    await occupied('localhost', reservation.port, { timeout: 60_000, process: launch(t, reservation.port) });
  });
}

function asPair([program = '', ...words]: readonly string[]): [string, string[]] {
  return [program, words];
}
