import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep, setImmediate as tick } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { ProcessEndedError } from '../../lib/wait/errors';
import { occupied } from '../../lib/wait/wait';
import { withoutPreloads } from '../support/command';
import { listen, reservePort } from '../support/listen';
import { until } from '../support/program';
import { IS_WINE } from '../support/wine';

const NO_STATUS = process.platform === 'linux' ? false : 'only Linux tells how a process of others ended';

function start(t: Test, code: string): ChildProcess {
  const child = spawn(...withoutPreloads(process.execPath, ['-e', code]), {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

const EXIT = 'process.stdin.once("data", (code) => process.exit(Number(code)))';

/** The number of a process that is no child of this one: a child's child, which ends as its input says. */
async function startGrandchild(t: Test): Promise<{ pid: number; end: (code: number) => void }> {
  const parent = spawn(
    ...withoutPreloads(process.execPath, [
      '-e',
      `const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(EXIT)}], {
         stdio: ['inherit', 'ignore', 'inherit'] });
       console.log(child.pid); child.once('exit', () => setTimeout(() => {}, 100));`,
    ]),
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  t.teardown(() => parent.kill('SIGKILL'));
  const [text] = await once(parent.stdout, 'data');
  return { pid: Number(text), end: (code) => parent.stdin.write(`${code}\n`) };
}

t.test('a wait fails when the child that it waits for ends', async (t) => {
  const port = reservePort(t);
  const child = start(t, EXIT);
  const wait = occupied('127.0.0.1', port, { process: child });
  child.stdin?.write('3\n');
  const error = await wait.catch((error: unknown) => error);
  t.type(error, ProcessEndedError);
  t.match(error, {
    code: 'ERR_PORT_PROCESS_ENDED',
    message: `process ${child.pid} has ended with exit code 3: Port ${port} not bound on 127.0.0.1.`,
    pid: child.pid,
    exitCode: 3,
    signal: undefined,
    pending: [{ port }],
    replies: ['ECONNREFUSED'],
  });
  const late = occupied('127.0.0.1', port, { process: child });
  await t.rejects(late, { code: 'ERR_PORT_PROCESS_ENDED', exitCode: 3 }, 'one that has ended already');
  t.equal(child.listenerCount('exit'), 0);
});

t.test('so it does for a process by its number', async (t) => {
  const port = reservePort(t);
  const child = start(t, EXIT);
  const wait = occupied('127.0.0.1', port, { process: child.pid });
  await sleep(50);
  child.kill('SIGTERM');
  await t.rejects(wait, { code: 'ERR_PORT_PROCESS_ENDED', pid: child.pid });
  await t.rejects(occupied('127.0.0.1', port, { process: child.pid }), { code: 'ERR_PORT_PROCESS_ENDED' });
});

t.test('the exit code of a process of others is told too', { skip: NO_STATUS }, async (t) => {
  const { pid, end } = await startGrandchild(t);
  const wait = occupied('127.0.0.1', reservePort(t), { process: pid });
  await sleep(20);
  end(7);
  await t.rejects(wait, { pid, exitCode: 7, message: `process ${pid} has ended with exit code 7` });
});

t.test('processes that end in any moment are told of, and how a signal ended them', async (t) => {
  const port = reservePort(t);
  for (let round = 0; round < (IS_WINE ? 4 : 40); round++) {
    const child =
      process.platform === 'win32' ? spawn(process.execPath, ['-e', EXIT]) : spawn('sleep', ['100']);
    const wait = occupied('127.0.0.1', port, { process: child.pid });
    await sleep(Math.random() * 5);
    child.kill('SIGKILL');
    const error = await wait.catch((error: unknown) => error);
    t.type(error, ProcessEndedError);
    t.match((error as ProcessEndedError).signal ?? 'SIGKILL', 'SIGKILL');
  }
});

t.test('a wait that ends first leaves nothing behind', async (t) => {
  const child = start(t, EXIT);
  const port = reservePort(t);
  await listen(t, '127.0.0.1', port);
  for (const process of [child, child.pid]) await occupied('127.0.0.1', port, { process });
  await t.rejects(occupied('127.0.0.1', reservePort(t), { process: child.pid, timeout: 20 }), {
    code: 'ERR_PORT_TIMEOUT',
  });
  t.equal(child.listenerCount('exit'), 0);
});

t.test('a child that could not be started has ended', async (t) => {
  const child = spawn('/nonexistent').on('error', () => {});
  await t.rejects(occupied('127.0.0.1', reservePort(t), { process: child }), {
    code: 'ERR_PORT_PROCESS_ENDED',
    message: 'the process could not be started',
  });
});

t.test('what is no process is refused', async (t) => {
  for (const process of [0, -1, 1.5, 2 ** 31, Number.NaN])
    await t.rejects(occupied('127.0.0.1:1', { process }), { name: 'RangeError', message: /^process / });
  for (const process of ['1', null, {}, true])
    await t.rejects(occupied('127.0.0.1:1', { process: process as never }), { name: 'TypeError' });
});

/** Watches processes on a system that answers so, and what it tells. */
function watchOn(t: Test, addon: object | undefined) {
  const { watchProcess } = t.mockRequire<typeof import('../../lib/wait/watch-process')>(
    '../../lib/wait/watch-process',
    { '../../lib/addon/optional-addon': { optionalAddon: () => addon } },
  );
  const told: unknown[] = [];
  const start = (process: number | ChildProcess) => watchProcess(process, (end) => told.push(end));
  return { start, told };
}

t.test('the status of wait(2) is read as a signal or an exit code', async (t) => {
  let tell = (_?: number) => {};
  const stop = () => {};
  const watchProcess = (pid: number, onEnd: typeof tell) => {
    t.equal(pid, 17);
    tell = onEnd;
    return stop;
  };
  const { start, told } = watchOn(t, { watchProcess });
  t.equal(start(17), stop);
  for (const [status, exitCode, signal] of [
    [0, 0, undefined],
    [7 << 8, 7, undefined],
    [255 << 8, 255, undefined],
    [9, undefined, 'SIGKILL'],
    [15, undefined, 'SIGTERM'],
    [0x80 | 11, undefined, 'SIGSEGV'],
    [63, undefined, undefined],
    [undefined, undefined, undefined],
  ] as const) {
    tell(status);
    t.strictSame(told.splice(0), [{ pid: 17, exitCode, signal }], `${status}`);
  }
});

t.test(
  'a process that is not there has ended, which is told later, unless nobody waits any more',
  async (t) => {
    const { start, told } = watchOn(t, { watchProcess: () => null });
    start(17);
    t.strictSame(told, []);
    await tick();
    t.strictSame(told.splice(0), [{ pid: 17, exitCode: undefined, signal: undefined }]);
    start(17)();
    await tick();
    t.strictSame(told, []);
  },
);

t.test('where the system cannot watch a process, it is looked for again and again', async (t) => {
  for (const addon of [undefined, { watchProcess: () => undefined }]) {
    let code: string | undefined;
    let looks = 0;
    const kill = (pid: number, signal: number) => {
      t.strictSame([pid, signal], [17, 0]);
      looks++;
      if (code !== undefined) throw Object.assign(new Error(code), { code });
      return true;
    };
    t.intercept(process, 'kill', { value: kill });
    const { start, told } = watchOn(t, addon);
    const stop = start(17);
    await until(() => looks >= 2);
    code = 'EPERM';
    const before = looks;
    await until(() => looks >= before + 2);
    t.strictSame(told, [], 'one of another user is there');
    code = 'ESRCH';
    await until(() => told.length > 0);
    const after = looks;
    await sleep(30);
    t.strictSame(told, [{ pid: 17, exitCode: undefined, signal: undefined }]);
    t.equal(looks, after, 'no longer');
    stop();
    code = undefined;
    start(17)();
    await sleep(30);
    t.equal(looks, after, 'for nobody');
  }
});

t.test('a child that has ended is told of later, and once', async (t) => {
  const { start, told } = watchOn(t, undefined);
  const child = (state: object) =>
    Object.assign(new EventEmitter(), { pid: 17, exitCode: null, signalCode: null }, state) as ChildProcess;
  for (const [state, end] of [
    [{ exitCode: 0 }, { pid: 17, exitCode: 0, signal: undefined }],
    [{ signalCode: 'SIGTERM' }, { pid: 17, exitCode: undefined, signal: 'SIGTERM' }],
    [{ pid: undefined }, { pid: undefined, exitCode: undefined, signal: undefined }],
  ] as const) {
    const ended = child(state);
    start(ended);
    t.strictSame(told, []);
    await tick();
    t.strictSame(told.splice(0), [end]);
    start(ended)();
    await tick();
    t.strictSame(told, []);
  }
  const running = child({});
  start(running);
  await tick();
  t.strictSame(told, []);
  Object.assign(running, { exitCode: 3 });
  running.emit('exit');
  running.emit('exit');
  t.strictSame(told.splice(0), [{ pid: 17, exitCode: 3, signal: undefined }]);
  start(running)();
  t.equal(running.listenerCount('exit'), 0);
});
