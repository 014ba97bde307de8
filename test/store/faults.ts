import '../support/alone';

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { usedSockets } from '../../lib/machine/used-sockets';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { buildFailCalls, type FailCalls } from '../support/fail-calls';
import { close, listen } from '../support/listen';
import { NO_NETLINK } from '../support/no-table';
import { until } from '../support/program';
import { greeter, hastyGreeter, hearOut } from '../support/sockets';

/** Tells what a call of a store ends in. */
const PROGRAM = `
const { PortStore, usedSockets } = require(process.argv[1]);
const store = new PortStore(process.argv[2]);
(async () => eval(process.argv[3]))()
  .catch((error) => ({ message: error.message, ...error }))
  .then((report) => console.log(JSON.stringify(report)))
  .then(process.exit);`;

const { skip, failCalls } = buildFailCalls(t);

/** What `call` ends in, with a store at `path`, when the addon's calls fail as `failing` says. */
async function ask(path: string, call: string, ...failing: Parameters<FailCalls>) {
  const words = ['-e', PROGRAM, distPath('index.js'), path, call];
  const { stdout, stderr } = await run(process.execPath, words, failCalls(...failing));
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}

t.test('a lock that is refused leaves no file, and a file as it was', { skip }, async (t) => {
  const files = { full: '[DEFAULT]\nweb = 80\n', empty: '' };
  const folder = t.testdir(files);
  for (const file of ['new', 'full', 'empty']) {
    const path = join(folder, file);
    for (const call of ["store.bindPort('name')", "store.leaseSync('name')"]) {
      t.match(await ask(path, call, 'flock', 'ENOLCK'), {
        code: 'ERR_PORT_CONFIG_ACCESS',
        systemCode: 'ENOLCK',
        path,
        message: `cannot lock ${path}: ENOLCK`,
      });
    }
  }
  t.strictSame(
    Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')])),
    files,
  );
});

t.test('a disk without room is told as one, and leaves the file as it was', { skip }, async (t) => {
  const folder = t.testdir({ file: '[DEFAULT]\nweb = 80\n' });
  const path = join(folder, 'file');
  for (const call of [
    "store.bindPort('name', 81)",
    "store.bindPortSync('name', 81)",
    "store.rebindPort('web', 81)",
    "store.unbindPortSync('web')",
  ]) {
    t.match(await ask(path, call, 'fsync', 'ENOSPC'), {
      code: 'ERR_PORT_CONFIG_ACCESS',
      systemCode: 'ENOSPC',
      path,
      message: `cannot write ${path}: no space is left (ENOSPC): make room, or use another file`,
    });
    t.strictSame(readdirSync(folder), ['file']);
    t.equal(readFileSync(path, 'utf8'), '[DEFAULT]\nweb = 80\n');
  }
});

/** What `call` ends in as one fault moves on from the first recv of the addon, until `isLast` says so. */
async function walk<T>(path: string, call: string, isLast: (report: T) => boolean): Promise<T[]> {
  const reports: T[] = [];
  for (let count = 1; count <= 200; count++) {
    const report: T = await ask(path, call, 'recv', 'ENOBUFS', count, count);
    if (JSON.stringify(report) !== JSON.stringify(reports.at(-1))) reports.push(report);
    if (isLast(report)) break;
  }
  return reports;
}

const FAULT = { code: 'ERR_PORT_SYSTEM', systemCode: 'ENOBUFS', syscall: 'netlink' };

t.test(
  'a table that cannot be read keeps nobody from hearing that a port is in use',
  { skip: skip || NO_NETLINK },
  async (t) => {
    const server = await listen(t, undefined, 0, greeter());
    t.teardown(() => close(server));
    const { port } = server.address() as { port: number };
    const path = join(t.testdir({ file: `[DEFAULT]\nweb = ${port}\n` }), 'file');
    const hasOwner = ({ owner }: { owner?: object }) => owner !== undefined;
    const reports = await walk(path, "store.leaseSync('web')", hasOwner);
    t.match(reports, [
      FAULT,
      { code: 'ERR_PORT_IN_USE', port, owner: undefined },
      { code: 'ERR_PORT_IN_USE', port, owner: { pid: process.pid } },
    ]);
    t.equal(reports.length, 3);
  },
);

t.test('a table that cannot be read leaves nothing held', { skip: skip || NO_NETLINK }, async (t) => {
  const server = await listen(t, undefined, 0, hastyGreeter());
  const { port } = server.address() as { port: number };
  await hearOut(port, '127.0.0.1');
  await close(server);
  t.ok(await until(() => usedSockets().some((socket) => socket.port === port && socket.owners.length === 0)));
  const path = join(t.testdir({ file: `[DEFAULT]\nweb = ${port}\n` }), 'file');
  const call = `store.lease('web').catch((error) => ({
    ...error,
    held: usedSockets().filter(({ port, owners }) => port === ${port} && owners.length > 0).length,
  }))`;
  const isLease = ({ code }: { code?: string }) => code === undefined;
  const reports = await walk(path, call, isLease);
  t.match(reports, [{ ...FAULT, held: 0 }, { port }]);
  t.equal(reports.length, 2);
});
