import '../support/alone';

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { PortServer } from '../../lib/serve/port-server';
import { run, withoutPreloads } from '../support/command';
import { NO_PORTPICKER, PORTPICKER_PYTHON } from '../support/portpicker';
import { NO_UNIX_SOCKETS, socketPath } from '../support/sockets';

const skip = NO_UNIX_SOCKETS;

async function ask(path: string, text: string): Promise<string> {
  const client = connect(path).setEncoding('utf8');
  client.write(text);
  let answer = '';
  for await (const chunk of client) answer += chunk;
  return answer;
}

t.test('each process gets ports of its own, which come back when it has ended', { skip }, async (t) => {
  const path = socketPath(t);
  const server = new PortServer('24000-24002');
  await server.listen(path);
  const child = spawn(...withoutPreloads('sleep', ['60']));
  const answers = await Promise.all([1, 2, 3].map(() => ask(path, `${child.pid}\n`)));
  t.strictSame(answers.sort(), ['24000\n', '24001\n', '24002\n']);
  t.equal(await ask(path, `${process.pid}\n`), '');
  const end = once(child, 'exit');
  child.kill('SIGKILL');
  await end;
  t.match(await ask(path, `${process.pid}\n`), /^2400[0-2]\n$/);
  t.match(server.numbers(), { ports: 3, taken: 1, granted: 4, denied: 1, invalid: 0 });
  await server.close();
});

t.test('a port whose UDP part is used is granted to nobody', { skip }, async (t) => {
  const udp = leaseSync({ transport: 'udp' });
  t.teardown(() => udp.release());
  const path = socketPath(t);
  const server = new PortServer(`${udp.port}`);
  await server.listen(path);
  t.equal(await ask(path, `${process.pid}\n`), '');
  await server.close();
});

t.test('who asks for nobody is hung up on', { skip }, async (t) => {
  const path = socketPath(t);
  const server = new PortServer('24000-24009');
  await server.listen(path);
  const requests = ['0\n', '1\n', '-5\n', 'x\n', '\n', `${2 ** 31}\n`, '9'.repeat(100)];
  t.strictSame(
    await Promise.all(requests.map((text) => ask(path, text))),
    requests.map(() => ''),
  );
  t.match(server.numbers(), { taken: 0, invalid: requests.length });
  await server.close();
});

t.test('a client that says nothing does not keep the server from its end', { skip }, async (t) => {
  const path = socketPath(t);
  const server = new PortServer('24000-24009');
  await server.listen(path);
  const client = connect(path);
  t.teardown(() => client.destroy());
  // The next request is answered, so the server has accepted this one too.
  t.match(await ask(path, `${process.pid}\n`), /^2400\d\n$/);
  const outcome = await Promise.race([
    server.close().then(() => 'closed'),
    sleep(5000, 'still open', { ref: false }),
  ]);
  t.equal(outcome, 'closed');
});

t.test('many clients at once get different ports', { skip }, async (t) => {
  const path = socketPath(t);
  const server = new PortServer('23000-23999');
  await server.listen(path);
  const answers = await Promise.all(Array.from({ length: 200 }, () => ask(path, `${process.pid}\n`)));
  t.equal(new Set(answers).size, 200);
  await server.close();
});

t.test('an empty pool denies many at once, and gives what comes back', { skip }, async (t) => {
  const path = socketPath(t);
  const server = new PortServer('24010-24019');
  await server.listen(path);
  const children = Array.from({ length: 10 }, () => spawn(...withoutPreloads('sleep', ['60'])));
  for (const { pid } of children) await ask(path, `${pid}\n`);
  const denied = await Promise.all(Array.from({ length: 100 }, () => ask(path, `${process.pid}\n`)));
  t.strictSame(new Set(denied), new Set(['']));
  for (const child of children) {
    const end = once(child, 'exit');
    child.kill('SIGKILL');
    await end;
  }
  const granted = await Promise.all(Array.from({ length: 20 }, () => ask(path, `${process.pid}\n`)));
  t.equal(granted.filter((text) => text !== '').length, 10);
  t.equal(new Set(granted).size, 11);
  await server.close();
});

t.test("Python's portpicker gets its ports here", { skip: skip || NO_PORTPICKER }, async (t) => {
  const server = new PortServer('24500-24509');
  const address = `@port-for-native-${process.pid}`;
  await server.listen(address);
  const { stdout } = await run(
    PORTPICKER_PYTHON,
    ['-c', 'import portpicker; print(portpicker.pick_unused_port())'],
    {
      PORTSERVER_ADDRESS: address,
    },
  );
  t.match(stdout, /^2450\d\n$/);
  await server.close();
});

t.test(
  'the socket file of a killed server is replaced, that of a living one and any other file are not',
  { skip },
  async (t) => {
    const path = socketPath(t);
    const killed = spawn(
      ...withoutPreloads(process.execPath, [
        '-e',
        `net.createServer().listen('${path}', () => console.log())`,
      ]),
    );
    await once(killed.stdout ?? killed, 'data');
    const second = new PortServer('24000-24009');
    await t.rejects(second.listen(path), { code: 'EADDRINUSE' });
    const end = once(killed, 'exit');
    killed.kill('SIGKILL');
    await end;
    await second.listen(path);
    t.match(await ask(path, `${process.pid}\n`), /^2400\d\n$/);
    await second.close();
    writeFileSync(path, 'mine');
    await t.rejects(new PortServer().listen(path), { code: 'EADDRINUSE' });
    t.equal(readFileSync(path, 'utf8'), 'mine');
  },
);

t.test('of many servers that find the socket file of a killed one, one serves', { skip }, async (t) => {
  const path = socketPath(t);
  const program = `net.createServer().listen('${path}', () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(...withoutPreloads(process.execPath, ['-e', program])), 'exit');
  const servers = Array.from({ length: 8 }, () => new PortServer('24000-24009'));
  const results = await Promise.allSettled(servers.map((server) => server.listen(path)));
  const serving = servers.filter((_, index) => results[index]?.status === 'fulfilled');
  t.equal(serving.length, 1);
  t.match(await ask(path, `${process.pid}\n`), /^2400\d\n$/);
  for (const server of serving) await server.close();
});

t.test('an address that a socket cannot have is refused', { skip }, async (t) => {
  const long = `/tmp/${'x'.repeat(100)}`;
  t.throws(() => new PortServer().listen(long), {
    name: 'RangeError',
    message: /is too long for a Unix socket/,
  });
});

t.test('a request may end without a line feed, and is answered once', { skip }, async (t) => {
  const path = socketPath(t);
  const server = new PortServer('24000-24009');
  await server.listen(path);
  for (const text of [`${process.pid}\n`, `${process.pid}`]) {
    const client = connect(path).setEncoding('utf8');
    client.end(text);
    let answer = '';
    for await (const chunk of client) answer += chunk;
    t.match(answer, /^2400\d\n$/);
  }
  await server.close();
  t.match(server.numbers(), { taken: 2, granted: 2, invalid: 0 });
});

t.test('what is taken are the ports of living processes', { skip }, async (t) => {
  const path = socketPath(t);
  const server = new PortServer('24000-24009');
  await server.listen(path);
  const child = spawn(...withoutPreloads('sleep', ['60']));
  await ask(path, `${child.pid}\n`);
  t.equal(server.numbers().taken, 1);
  const end = once(child, 'exit');
  child.kill('SIGKILL');
  await end;
  t.match(server.numbers(), { taken: 0, granted: 1 });
  await server.close();
});

t.test('clients that are gone before their answer are no fault', { skip }, async (t) => {
  const path = socketPath(t);
  const server = new PortServer('24000-24099');
  await server.listen(path);
  for (let count = 0; count < 20; count++) {
    const client = connect(path);
    client.write(`${process.pid}\n`, () => client.destroy());
    await once(client, 'close');
  }
  t.match(await ask(path, `${process.pid}\n`), /^240\d\d\n$/);
  await server.close();
});

t.test('a client that says nothing is hung up on', { skip }, async (t) => {
  const { setTimeout } = Socket.prototype;
  t.intercept(Socket.prototype, 'setTimeout', {
    value(this: Socket, time: number, ...listeners: (() => void)[]) {
      return Reflect.apply(setTimeout, this, [time / 1000, ...listeners]);
    },
  });
  const path = socketPath(t);
  const server = new PortServer('24000-24009');
  await server.listen(path);
  const client = connect({ path, allowHalfOpen: true }).resume();
  await once(client, 'end', { signal: AbortSignal.timeout(5000) });
  client.destroy();
  t.match(server.numbers(), { granted: 0, invalid: 0 });
  await server.close();
});

t.test('a server that closed listens again, and leaves nothing open', { skip }, async (t) => {
  const warnings: string[] = [];
  const onWarning = ({ name }: Error) => warnings.push(name);
  process.on('warning', onWarning);
  t.teardown(() => process.removeListener('warning', onWarning));
  const path = socketPath(t);
  const server = new PortServer('24000-24009');
  const count = () => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
  const before = count();
  for (let round = 0; round < 12; round++) {
    await server.listen(path);
    await server.close();
  }
  await new Promise(setImmediate);
  t.equal(count(), before);
  t.strictSame(warnings, []);
  await t.rejects(server.listen(join(path, 'none', 's')), Error);
});
