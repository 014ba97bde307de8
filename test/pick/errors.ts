import '../support/alone';

import { inspect } from 'node:util';
import t from 'tap';
import { getPort, getPortSync, NoFreePortError, PortSet, selectRandomSync } from '../../lib/index';
import { listen, portOf } from '../support/listen';
import { bind } from '../support/sockets';

function refusal(call: () => unknown): NoFreePortError {
  try {
    call();
  } catch (error) {
    if (error instanceof NoFreePortError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const LINUX = process.platform === 'linux' ? false : 'only Linux shows who has a port';

t.test('of few candidates the error says who has each', { skip: LINUX }, async (t) => {
  const ports = [portOf(await listen(t, undefined)), portOf(await listen(t, undefined))].sort(
    (a, b) => a - b,
  );
  const [one, two] = ports;
  const error = refusal(() => selectRandomSync({ ports }));
  const who = `by ".*" \\(pid ${process.pid}\\)`;
  t.match(
    error.message,
    new RegExp(
      `^port ${one} is in use ${who}, port ${two} is in use ${who}: name other ports, or stop what uses these$`,
    ),
  );
  t.match(inspect(error), /NoFreePortError.*: port \d+ is in use by/);
  t.match(error.stack, /port \d+ is in use by/);
  t.match(error, { code: 'ERR_PORT_NONE_FREE', tried: 2, wanted: 1, found: 0, denied: 0 });
});

t.test('of many it says which they are, and no more of a long list than tells', async (t) => {
  const server = await listen(t, undefined);
  const port = portOf(server);
  const ports = [port, port + 1, port + 2, port + 3, port + 4];
  const error = refusal(() => selectRandomSync({ ports, exclude: ports, host: undefined }));
  t.equal(error.message, 'there is no candidate port: everything is excluded');
  const many = Array.from({ length: 300 }, (_, index) => 2 * index + 1);
  const denied = new NoFreePortError(new PortSet(many), ['tcp'], 301, 4, 2);
  t.match(
    denied.message,
    /^only 4 of the 301 wanted are free among the 300 candidate ports 1,3,5,[\d,]+\.\.\. \(2 of them this process may not bind\): /,
  );
  t.ok(denied.message.length < 220);
});

t.test('the message fits the number of candidates, and why they cannot be had', async (t) => {
  const message = (ports: string, wanted: number, found: number, denied = 0, reserved = 0) =>
    new NoFreePortError(new PortSet(ports), ['tcp'], wanted, found, denied, reserved).message;
  const wayOut = 'name other ports, or stop what uses these';
  t.equal(message('7000-7003', 1, 0), `none is free among the 4 candidate ports 7000-7003: ${wayOut}`);
  t.equal(
    message('7000-7002', 3, 2),
    `only 2 of the 3 wanted are free among the 3 candidate ports 7000-7002: ${wayOut}`,
  );
  t.equal(message('7000', 2, 1), `only 1 of the 2 wanted are free among port 7000: ${wayOut}`);
  t.equal(
    message('80', 1, 0, 1),
    `none is free among port 80 (1 of them this process may not bind): ${wayOut}`,
  );
  t.equal(
    message('80-81', 1, 0, 0, 2),
    `none is free among the 2 candidate ports 80-81 (2 of them reserved by Windows: netsh int ipv4 show excludedportrange tcp): ${wayOut}`,
  );
  t.match(message('7000-7002', 1, 0), /^port 7000 is in use.*, port 7001 is in use.*, port 7002 is in use/);
  // Sixty characters are shown whole, of more those up to the last comma before.
  const sixty = Array.from({ length: 12 }, (_, index) => 7001 + 2 * index);
  t.match(message(sixty.join(','), 13, 0), `among the 12 candidate ports ${sixty.join(',')}: `);
  const seventy = [...sixty, 7101];
  t.match(message(seventy.join(','), 14, 0), `among the 13 candidate ports ${sixty.join(',')}...: `);
});

t.test('the message of an error can be replaced', async (t) => {
  const error = new NoFreePortError(new PortSet('7000-7009'), ['tcp'], 1, 0);
  error.message = `for web: ${error.message}`;
  t.match(error.message, /^for web: none is free/);
  t.notOk(Object.keys(error).includes('message'));
  t.match(error, { tried: 10, wanted: 1, found: 0, denied: 0, reserved: 0 });
});

t.test('of three ports it says who has each, unless some are free or may not be bound', (t) => {
  const messageOf = (ports: string, wanted: number, found: number, denied = 0, reserved = 0) =>
    new NoFreePortError(new PortSet(ports), ['tcp'], wanted, found, denied, reserved).message;
  t.match(messageOf('1-3', 1, 0), /^port 1 is in use.*, port 2 is in use.*, port 3 is in use/);
  t.match(messageOf('1-4', 1, 0), /^none is free among the 4 candidate ports 1-4: name other ports/);
  t.match(messageOf('1-2', 2, 1), /^only 1 of the 2 wanted are free among the 2 candidate ports 1-2: /);
  t.match(messageOf('1', 1, 0, 1), /^none is free among port 1 \(1 of them this process may not bind\): /);
  t.match(messageOf('1', 1, 0, 0, 1), /^none is free among port 1 \(1 of them reserved by Windows: netsh /);
  const list = Array.from({ length: 12 }, (_, index) => 10_001 + 2 * index);
  t.match(messageOf(list.slice(0, 10).join(), 1, 0), '10017,10019: name');
  t.match(messageOf([...list.slice(0, 10), 40_001].join(), 1, 0), '10017,10019...: name');
  t.end();
});

t.test('the message can be replaced, and is no property of its own', (t) => {
  const error = new NoFreePortError(new PortSet('1'), ['tcp'], 1, 0);
  t.strictSame(Object.keys(error).includes('message'), false);
  error.message = 'another';
  t.equal(error.message, 'another');
  t.end();
});

t.test('who has a port over any of the transports is named', { skip: LINUX }, async (t) => {
  const socket = await bind({ type: 'udp4' }, 0, '127.0.0.1');
  const { port } = socket.address();
  t.match(new NoFreePortError(new PortSet(port), ['tcp', 'udp'], 1, 0).message, `(pid ${process.pid})`);
  socket.close();
});

t.test('what get-port takes is answered with the call that does it', async (t) => {
  for (const [options, call] of [
    [{ port: 3000 }, 'lease({ ports: 3000 })'],
    [{ port: [3000, 3001] }, 'lease({ ports: [3000, 3001] })'],
    [{ port: new Set([1, 2, 3, 4, 5, 6]), host: '127.0.0.1' }, "lease({ ports: '1-6', host: '127.0.0.1' })"],
    [{ exclude: [3000] }, 'lease()'],
    [{ reserve: true }, 'selectRandom()'],
  ] as const) {
    const expected = { name: 'TypeError', code: 'ERR_PORT_INVALID_TYPE' };
    t.throws(() => getPortSync(options as never), expected);
    t.throws(() => getPortSync(options as never), { message: call });
    await t.rejects(getPort(options as never), expected);
  }
  t.throws(() => getPortSync({} as never), { message: /ports must be a port/ });
});
