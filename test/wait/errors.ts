import t from 'tap';
import { PortNotFreeError, PortTimeoutError, ProcessEndedError } from '../../lib/wait/errors';
import { HostPort } from '../../lib/wait/host-port';
import { toTarget } from '../../lib/wait/target';

const PORT = new HostPort('127.0.0.1', 7000);
const URL = toTarget('http://localhost:7001/health');
const PATH = toTarget('unix:/run/a.sock');
const PORTS = Array.from({ length: 12 }, (_, index) => new HostPort('h', 8001 + index));

const timeout = (...words: ConstructorParameters<typeof PortTimeoutError>) =>
  new PortTimeoutError(...words).message;

t.test('a wait for one target says what it was for, and the reply that is no plain refusal', (t) => {
  t.equal(timeout('occupied', [PORT], 1), 'Port 7000 not bound on 127.0.0.1.');
  t.equal(timeout('free', [PORT], 1), 'Port 7000 not free on 127.0.0.1.');
  for (const plain of ['ECONNREFUSED', 'no answer within 100 ms', 'the port answered itself', ''])
    t.equal(timeout('occupied', [PORT], 1, { replies: [plain] }), 'Port 7000 not bound on 127.0.0.1.', plain);
  t.equal(
    timeout('occupied', [PORT], 1, { replies: ['closed the connection after 2 ms'] }),
    'Port 7000 not bound on 127.0.0.1: closed the connection after 2 ms.',
  );
  t.equal(timeout('occupied', [URL], 1), 'http://localhost:7001/health not ready.');
  t.equal(
    timeout('occupied', [URL], 1, { replies: ['ECONNREFUSED'] }),
    'http://localhost:7001/health not ready: ECONNREFUSED.',
  );
  t.equal(timeout('free', [PATH], 1), 'unix:/run/a.sock not free.');
  t.equal(
    timeout('free', [PORT], 1, { replies: ['ECONNREFUSED'], cause: new Error('EMFILE') }),
    'Port 7000 not free on 127.0.0.1: EMFILE.',
  );
  t.end();
});

t.test('a wait for several counts and names those that are left, ten at most', (t) => {
  t.equal(timeout('occupied', [PORT], 2), '1 of 2 ports not bound: 127.0.0.1:7000.');
  t.equal(timeout('free', PORTS.slice(0, 2), 2), '2 of 2 ports not free: h:8001, h:8002.');
  t.equal(
    timeout('occupied', [PORT, URL], 3),
    '2 of 3 targets not ready: 127.0.0.1:7000, http://localhost:7001/health.',
  );
  t.equal(timeout('free', [PATH, PORT], 2), '2 of 2 targets not free: unix:/run/a.sock, 127.0.0.1:7000.');
  const names = (count: number) => PORTS.slice(0, count).join(', ');
  t.equal(timeout('free', PORTS.slice(0, 10), 12), `10 of 12 ports not free: ${names(10)}.`);
  t.equal(timeout('free', PORTS, 12), `12 of 12 ports not free: ${names(10)} and 2 more.`);
  t.equal(
    timeout('occupied', [PORT, URL], 2, { replies: ['ECONNREFUSED', '503 from there'] }),
    '2 of 2 targets not ready: 127.0.0.1:7000, http://localhost:7001/health (503 from there).',
  );
  t.equal(
    timeout('free', [PORT], 2, { replies: ['503'], cause: new Error('EMFILE') }),
    '1 of 2 ports not free: 127.0.0.1:7000 (EMFILE).',
  );
  t.end();
});

t.test('a timeout has what it is about', (t) => {
  const cause = new Error('EMFILE');
  const error = new PortTimeoutError('free', [PORT, URL], 2, { replies: ['a', 'b'], cause });
  t.strictSame(
    [error.code, error.state, error.pending, error.replies, error.cause, error.host, error.port],
    ['ERR_PORT_TIMEOUT', 'free', [PORT, URL], ['a', 'b'], cause, '127.0.0.1', 7000],
  );
  const path = new PortTimeoutError('free', [PATH], 1);
  t.strictSame([path.host, path.port, path.replies], [undefined, undefined, []]);
  t.end();
});

t.test('a target that is in use is named by its host and port, a socket by its path', (t) => {
  const port = new PortNotFreeError(PORT, '127.0.0.1');
  t.strictSame(
    [port.message, port.code, port.host, port.port, port.address],
    ['Port 7000 is in use on 127.0.0.1.', 'ERR_PORT_NOT_FREE', '127.0.0.1', 7000, '127.0.0.1'],
  );
  const path = new PortNotFreeError(PATH, '/run/a.sock');
  t.strictSame(
    [path.message, path.host, path.port, path.address],
    ['unix:/run/a.sock is in use.', undefined, undefined, '/run/a.sock'],
  );
  t.end();
});

t.test('how a process ended is told as far as it is known', (t) => {
  const ended = (end: object) =>
    new ProcessEndedError('occupied', { pid: 7, exitCode: undefined, signal: undefined, ...end }, [PORT], 1, [
      'x',
    ]);
  const left = 'Port 7000 not bound on 127.0.0.1: x.';
  t.equal(ended({}).message, `process 7 has ended: ${left}`);
  t.equal(ended({ exitCode: 0 }).message, `process 7 has ended with exit code 0: ${left}`);
  t.equal(ended({ signal: 'SIGKILL' }).message, `process 7 has ended by SIGKILL: ${left}`);
  t.equal(ended({ pid: undefined }).message, `the process could not be started: ${left}`);
  t.match(ended({ exitCode: 3 }), {
    pid: 7,
    exitCode: 3,
    signal: undefined,
    pending: [PORT],
    replies: ['x'],
  });
  t.end();
});
