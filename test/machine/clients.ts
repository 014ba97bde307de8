import t from 'tap';
import type { SocketState, TableSocket } from '../../lib/addon/contract';
import { countClients } from '../../lib/machine/clients';

/** A socket at port 80, with what differs from one that a process has open. */
function socket(address: string, state: SocketState, hasProcess = true): TableSocket {
  return { address, port: 80, listens: state === 'listen', state, hasProcess, ownerKey: 0 };
}

t.test('a half-closed connection is a client as long as the server has it open', async (t) => {
  const listener = socket('127.0.0.1', 'listen');
  const clientsWith = (...others: readonly TableSocket[]) =>
    countClients([listener, ...others]).get(listener);
  for (const state of ['fin-wait-1', 'fin-wait-2'] as const) {
    t.equal(clientsWith(socket('127.0.0.1', state)), 1, state);
    t.equal(clientsWith(socket('127.0.0.1', state, false)), 0, `${state} without a process`);
  }
  t.equal(clientsWith(socket('127.0.0.1', 'established', false)), 1, 'one that was not accepted yet');
  t.equal(clientsWith(socket('127.0.0.1', 'time-wait', false)), 0);
});

t.test('a connection counts for the listener with the closest address', async (t) => {
  const exact = socket('127.0.0.1', 'listen');
  const all4 = socket('0.0.0.0', 'listen');
  const all = socket('::', 'listen');
  const table = [
    socket('127.0.0.1', 'established'),
    socket('::ffff:127.0.0.1', 'established'),
    socket('127.0.0.2', 'established'),
    socket('::1', 'close-wait'),
    all,
    all4,
    exact,
  ];
  const clients = countClients(table);
  t.strictSame([clients.get(exact), clients.get(all4), clients.get(all)], [2, 1, 1]);
  t.equal(countClients(table.slice(0, 5)).get(all), 4, 'a listener at every address of both families');
});

t.test('a listener or a client in IPv6 form is one of IPv4', async (t) => {
  const mapped = socket('::ffff:127.0.0.1', 'listen');
  const all = socket('::', 'listen');
  const clients = countClients([
    all,
    mapped,
    socket('127.0.0.1', 'established'),
    socket('::1', 'established'),
  ]);
  t.strictSame([clients.get(mapped), clients.get(all)], [1, 1]);
});

t.test('connections count for listeners of their own port, others for none', async (t) => {
  const web = socket('0.0.0.0', 'listen');
  const api = { ...socket('0.0.0.0', 'listen'), port: 81 };
  const table = [
    web,
    api,
    socket('127.0.0.1', 'established'),
    { ...socket('127.0.0.1', 'established'), port: 82 },
  ];
  const clients = countClients(table);
  t.strictSame(
    [...clients],
    [
      [web, 1],
      [api, 0],
    ],
  );
});
