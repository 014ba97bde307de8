import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { type Answer, attempt } from '../../lib/wait/attempt';
import { listen, NO_IPV6, portOf, reservePort } from '../support/listen';

function dial(address: string, port: number, limit = 1000): Promise<Answer> {
  return new Promise((resolve) => attempt(address, port, limit, resolve));
}

t.test('an attempt tells whether somebody listens', async (t) => {
  for (const address of NO_IPV6 ? ['127.0.0.1'] : ['127.0.0.1', '::1']) {
    const port = reservePort(t);
    t.strictSame(await dial(address, port), {
      accepted: false,
      conclusive: true,
      isSilence: false,
      reason: 'ECONNREFUSED',
    });
    await listen(t, address, port);
    t.strictSame(await dial(address, port), {
      accepted: true,
      conclusive: true,
      isSilence: false,
      reason: '',
    });
  }
});

t.test('a cancelled attempt gives no answer', async (t) => {
  const server = await listen(t, '127.0.0.1');
  const answers: Answer[] = [];
  attempt('127.0.0.1', portOf(server), 1000, (answer) => answers.push(answer)).cancel();
  await sleep(50);
  t.strictSame(answers, []);
});

const HABITS: Record<string, (socket: Socket) => void> = {
  'says nothing': () => {},
  reads: (socket) => socket.resume(),
  greets: (socket) => socket.write('220 ready\r\n'),
  'greets and hangs up': (socket) => socket.end('bye\r\n'),
  'keeps its end open': (socket) => {
    socket.allowHalfOpen = true;
  },
};

for (const [habit, behave] of Object.entries(HABITS)) {
  t.test(`a server that ${habit}, and handles no errors of a connection, sees none`, async (t) => {
    let count = 0;
    const server = createServer((socket) => {
      count++;
      behave(socket);
      // Without a listener this would be an uncaught exception.
      socket.once('error', (error) => t.fail(error.message));
    });
    t.teardown(() => server.close());
    server.listen({ host: '127.0.0.1', port: reservePort(t) });
    await once(server, 'listening');
    for (let round = 0; round < 20; round++)
      t.equal((await dial('127.0.0.1', portOf(server))).accepted, true);
    while (count < 20) await sleep(5);
    const connections = () => new Promise((resolve) => server.getConnections((_, number) => resolve(number)));
    while (habit !== 'keeps its end open' && (await connections()) !== 0) await sleep(5);
  });
}
