import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { usedSockets } from '../../lib/machine/used-sockets';
import { filter, insideNamespace, NO_FILTER, sh } from '../support/inside-namespace';
import { until } from '../support/program';

const PORT = 7300;

/** The states of both ends of the connections to {@link PORT}, each with the port of the other end. */
function states(): string[] {
  const isEnd = ({ port, remote }: { port: number; remote?: { port: number } | undefined }) =>
    remote !== undefined && (port === PORT || remote.port === PORT);
  const ends = usedSockets().filter(isEnd);
  return ends.map(({ port, state }) => `${port === PORT ? 'server' : 'client'} ${state}`).sort();
}

async function hasStates(t: Test, ...wanted: string[]): Promise<void> {
  await until(() => `${states()}` === `${wanted.sort()}`);
  t.strictSame(states(), wanted.sort());
}

/** Drops packets of the server, of those with some flags. */
function dropOfServer(flags: string): void {
  filter(
    `table ip drops { chain in { type filter hook input priority 0; tcp sport ${PORT} ${flags} drop; }; }`,
  );
}

const letPass = () => sh('nft', 'delete', 'table', 'ip', 'drops');

insideNamespace(__filename, () => {
  t.test('each step of a connection is told by its name', { skip: NO_FILTER }, async (t) => {
    const server = createServer({ allowHalfOpen: true }).listen(PORT, '127.0.0.1');
    t.teardown(() => server.close());
    await once(server, 'listening');

    dropOfServer('tcp flags & (syn | ack) == (syn | ack)');
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const client = connect({ port: PORT, host: '127.0.0.1', allowHalfOpen: true });
    client.resume();
    await hasStates(t, 'client syn-sent', 'server syn-received');
    letPass();
    const [served] = await accepted;
    served.resume();
    await hasStates(t, 'client established', 'server established');

    dropOfServer('');
    client.end();
    await hasStates(t, 'client fin-wait-1', 'server close-wait');
    served.end();
    await hasStates(t, 'client fin-wait-1', 'server last-ack');
    letPass();
    await hasStates(t, 'client time-wait');
  });

  t.test('an end that waits for the other one is told so', async (t) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => socket.resume()).listen(
      PORT + 1,
      '127.0.0.1',
    );
    t.teardown(() => server.close());
    await once(server, 'listening');
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const client = connect({ port: PORT + 1, host: '127.0.0.1', allowHalfOpen: true });
    client.resume().end();
    const [served] = await accepted;
    const waiting = () => usedSockets().find(({ port }) => port === client.localPort)?.state === 'fin-wait-2';
    t.ok(await until(waiting));
    served.destroy();
    client.destroy();
  });
});
