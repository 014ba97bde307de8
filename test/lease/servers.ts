import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { KINDS_OF_ADDRESS } from '../support/listen';
import { canBePlainlyBound, NOT_BESIDE } from '../support/sockets';

interface Place {
  readonly address: string;
  readonly port: number;
}

/** A server that is no part of Node: how to start it, what to ask it, and what it answers then. */
interface Server {
  readonly name: string;
  /** What prints its version, to see whether it is there. */
  readonly check: readonly string[];
  /** Its command lines, which together listen at all places. */
  commands(places: readonly Place[], folder: string): string[][];
  readonly request: string;
  readonly answer: RegExp;
  /** Whether it makes a socket at `::` serve IPv6 alone. */
  readonly isIpv6Only: boolean;
}

const PYTHON_HTTP = `
import json, socket, sys, threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
class Server(ThreadingHTTPServer):
    pass
class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass
for place in json.loads(sys.argv[1]):
    Server.address_family = socket.AF_INET6 if ':' in place['address'] else socket.AF_INET
    server = Server((place['address'], place['port']), Handler)
    threading.Thread(target=server.serve_forever).start()
`;

const PYTHON_ASYNCIO = `
import asyncio, json, sys
async def greet(reader, writer):
    writer.write(b'hello')
    writer.close()
async def main():
    for place in json.loads(sys.argv[1]):
        await asyncio.start_server(greet, place['address'], place['port'])
    await asyncio.sleep(60)
asyncio.run(main())
`;

function nginxConfig(places: readonly Place[], folder: string): string {
  const listens = places.map(({ address, port }) => {
    if (!address.includes(':')) return `listen ${address}:${port};`;
    return `listen [${address}]:${port}${address === '::' ? ' ipv6only=off' : ''};`;
  });
  const files = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  return `daemon off; pid ${join(folder, 'pid')}; error_log stderr; worker_processes 1; events {}
    http { access_log off; ${files.join(' ')} server { ${listens.join(' ')} return 200 hello; } }`;
}

const SERVERS: readonly Server[] = [
  {
    name: 'http.server of Python',
    check: ['python3', '--version'],
    commands: (places) => [['python3', '-c', PYTHON_HTTP, JSON.stringify(places)]],
    request: 'GET / HTTP/1.0\r\n\r\n',
    answer: /^HTTP\/1/,
    isIpv6Only: false,
  },
  {
    name: 'asyncio of Python',
    check: ['python3', '--version'],
    commands: (places) => [['python3', '-c', PYTHON_ASYNCIO, JSON.stringify(places)]],
    request: '',
    answer: /^hello$/,
    isIpv6Only: true,
  },
  {
    name: 'nginx',
    check: ['nginx', '-v'],
    commands: (places, folder) => {
      const path = join(folder, 'nginx.conf');
      writeFileSync(path, nginxConfig(places, folder));
      return [['nginx', '-p', folder, '-e', 'stderr', '-c', path]];
    },
    request: 'GET / HTTP/1.0\r\n\r\n',
    answer: /^HTTP\/1.1 200/,
    isIpv6Only: false,
  },
  {
    name: 'redis',
    check: ['redis-server', '--version'],
    commands: (places, folder) =>
      places.map(({ address, port }) => [
        'redis-server',
        ...['--bind', address, '--port', `${port}`, '--dir', folder, '--save', '', '--protected-mode', 'no'],
      ]),
    request: 'PING\r\n',
    answer: /^\+PONG/,
    isIpv6Only: true,
  },
];

// Debian keeps servers out of the PATH of ordinary users.
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

/** Starts a command and gives what ends it and waits until it has. */
function start([program = '', ...words]: readonly string[]): { child: ChildProcess; stop(): Promise<void> } {
  const child = spawn(program, words, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const end = once(child, 'exit');
  return {
    child,
    stop: async () => {
      child.kill();
      await end;
    },
  };
}

/** What a server answers; asked again while it is not there yet. */
async function ask({ request, answer }: Server, port: number, host: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      const socket = connect({ port, host }).setEncoding('latin1');
      socket.write(request);
      let text = '';
      for await (const chunk of socket) {
        text += chunk;
        if (answer.test(text)) break;
      }
      return text;
    } catch (error) {
      if (attempt === 1000) throw error;
      await setTimeout(10);
    }
  }
}

for (const server of SERVERS) {
  const [program = '', ...words] = server.check;
  const isMissing = spawnSync(program, words, { env }).status !== 0 && `there is no ${program}`;
  const skip = NOT_BESIDE || isMissing;

  t.test(`${server.name} listens on leased ports, stops, and listens again`, { skip }, async (t) => {
    const leases = KINDS_OF_ADDRESS.map(() => leaseSync());
    const places = KINDS_OF_ADDRESS.map(({ address }, index) => ({
      address,
      port: leases[index]?.port ?? 0,
    }));
    for (const round of [1, 2]) {
      const servers = server.commands(places, t.testdir()).map(start);
      t.teardown(() => servers.forEach(({ child }) => void child.kill('SIGKILL')));
      for (const [index, { address, clients }] of KINDS_OF_ADDRESS.entries()) {
        const port = places[index]?.port ?? 0;
        for (const client of clients) {
          if (address === '::' && server.isIpv6Only && !client.includes(':')) continue;
          t.match(
            await ask(server, port, client),
            server.answer,
            `${address} from ${client}, round ${round}`,
          );
        }
      }
      await Promise.all(servers.map(({ stop }) => stop()));
    }
    for (const held of leases) {
      t.equal(held.released, false);
      t.equal(canBePlainlyBound(held.port), false);
      held.release();
    }
  });
}
