import t from 'tap';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { buildFailCalls, type FailCalls } from '../support/fail-calls';
import { insideNamespace } from '../support/inside-namespace';

/** Asks for the ports of a machine with two listeners, and tells what was found or the error. */
const PROGRAM = `
const { createServer } = require('node:net');
const { once } = require('node:events');
const { scan, scanSync, usedPorts } = require(process.argv[1]);
const listen = (port) => once(createServer((socket) => socket.destroy()).listen(port, '127.0.0.1'), 'listening');
Promise.all([listen(25000), listen(29999)])
  .then(() => eval(process.argv[2]))
  .then(
    ({ free, used }) => ({ free: free.size, used: String(used) }),
    ({ code, systemCode, syscall }) => ({ code, systemCode, syscall }),
  )
  .then((report) => console.log(JSON.stringify(report)))
  .then(process.exit);`;

// Below the ephemeral range, where connections leave TIME_WAIT.
const PORTS = '20000-29999';
const FOUND = { free: 9998, used: '25000,29999' };

insideNamespace(__filename, () => {
  const { skip, failCalls } = buildFailCalls(t);

  /** What `call` ends in when the addon's calls fail as `failing` says. */
  async function ask(call: string, ...failing: Parameters<FailCalls>) {
    const words = ['-e', PROGRAM, distPath('index.js'), call];
    const { stdout, stderr } = await run(process.execPath, words, failCalls(...failing));
    if (stderr !== '') throw new Error(stderr);
    return JSON.parse(stdout);
  }

  const failure = (systemCode: string, syscall: string) => ({ code: 'ERR_PORT_SYSTEM', systemCode, syscall });

  const connectCall = `scan('${PORTS}', { method: 'connect', host: '127.0.0.1' })`;
  for (const errno of ['ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL', 'EAGAIN'] as const) {
    t.test(`${errno} in the middle of a scan by connect`, { skip }, async (t) => {
      t.strictSame(await ask(connectCall, 'connect', errno, 5000, 5010), FOUND, 'passes');
      t.strictSame(await ask(connectCall, 'connect', errno, 5000), failure(errno, 'connect'), 'stays');
    });
  }

  t.test('a scan by bind is whole or an error', { skip }, async (t) => {
    const call = `scan('${PORTS}', { method: 'bind', host: '127.0.0.1' })`;
    t.strictSame(await ask(call, 'bind', 'ENOBUFS', 5000, 5000), failure('ENOBUFS', 'bind'));
    t.strictSame(await ask(call, 'socket', 'ENOBUFS', 5000, 5000), failure('ENOBUFS', 'socket'));
    t.strictSame(await ask(call, 'bind', 'EADDRNOTAVAIL', 5000), failure('EADDRNOTAVAIL', 'bind'));
  });

  t.test('a scan needs one thread of its own', { skip }, async (t) => {
    for (const method of ['bind', 'connect']) {
      const call = `scan('${PORTS}', { method: '${method}', host: '127.0.0.1' })`;
      t.strictSame(await ask(call, 'pthread_create', 'EAGAIN', 2), FOUND, `${method}: no second one`);
      t.strictSame(
        await ask(call, 'pthread_create', 'EAGAIN', 1),
        failure('EAGAIN', 'pthread_create'),
        method,
      );
    }
  });

  t.test('a table that breaks off is an error', { skip }, async (t) => {
    t.strictSame(await ask('usedPorts()', 'recv', 'ENOBUFS', 1), failure('ENOBUFS', 'netlink'));
    const table = `scanSync('${PORTS}', { method: 'table' })`;
    t.strictSame(await ask(table, 'recv', 'ENOMEM', 1), failure('ENOMEM', 'netlink'));
    t.strictSame(await ask(table, 'recv', 'EINTR', 1, 3), FOUND);
  });
});
