import type { SpawnOptions } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { RunSettings } from '../../lib/cli/run-command';

const steps: string[] = [];
let starts: { file: string; words: readonly string[]; options: SpawnOptions }[] = [];
/** What each start does, in turn. */
let outcomes: (Error | (EventEmitter & { pid?: number }))[] = [];

const { runCommand, toCommandError } = t.mockRequire<typeof import('../../lib/cli/run-command')>(
  '../../lib/cli/run-command',
  {
    'node:child_process': {
      spawn: (file: string, words: readonly string[], options: SpawnOptions) => {
        steps.push('spawn');
        starts.push({ file, words, options });
        const outcome = outcomes.shift();
        if (outcome instanceof Error) throw outcome;
        return outcome;
      },
    },
    '../../lib/addon/addon': {
      addon: {
        catchSignals: () => steps.push('catch signals'),
        relaySignalsTo: (pid: number) => steps.push(`relay to ${pid}`),
        endSignalRelay: () => steps.push('end relay'),
      },
    },
  },
);

const failure = (code: string) => Object.assign(new Error(`${code}: it failed`), { code });

/** Runs a command whose starts come out so. */
function run(settings: RunSettings, ...all: typeof outcomes) {
  steps.length = 0;
  starts = [];
  outcomes = all;
  return runCommand(['./program', 'word'], settings);
}

function child(pid?: number): EventEmitter & { pid?: number } {
  return Object.assign(new EventEmitter(), pid === undefined ? {} : { pid });
}

const SKIP = process.platform === 'win32' && 'Windows finds its commands itself';

t.test('signals are caught before the start and relayed until the end', { skip: SKIP }, async (t) => {
  for (const [code, signal, expected] of [
    [7, null, 7],
    [0, null, 0],
    [null, 'SIGTERM', 143],
    [null, 'SIGKILL', 137],
  ] as const) {
    const program = child(17);
    const running = run({ variables: {} }, program);
    t.strictSame(steps, ['catch signals', 'spawn', 'relay to 17']);
    program.emit('exit', code, signal);
    t.strictSame(steps.slice(3), ['end relay'], 'at once: the number may be another process’s soon');
    t.equal(await running, expected);
  }
});

t.test('the command has our environment, and what is set in it', { skip: SKIP }, async (t) => {
  t.teardown(() => {
    delete process.env.OURS_A;
    delete process.env.OURS_B;
  });
  Object.assign(process.env, { OURS_A: '1', OURS_B: '2' });
  const program = child(17);
  const running = run({ variables: { OURS_B: '3', PORT: '80' } }, program);
  const [{ file, words, options } = { file: '', words: [], options: {} }] = starts;
  t.strictSame([file, words], ['./program', ['word']]);
  t.match(options.env, { OURS_A: '1', OURS_B: '3', PORT: '80', PATH: process.env.PATH });
  t.strictSame(options.stdio, ['inherit', 'inherit', 'inherit']);
  program.emit('exit', 0, null);
  await running;
});

t.test('descriptors are inherited from their number on', { skip: SKIP }, async (t) => {
  for (const [first, stdio] of [
    [3, [20, 21]],
    [5, ['ignore', 'ignore', 20, 21]],
  ] as const) {
    const program = child(17);
    const running = run({ variables: {}, descriptors: { first, fds: [20, 21] } }, program);
    t.strictSame(starts[0]?.options.stdio, ['inherit', 'inherit', 'inherit', ...stdio]);
    program.emit('exit', 0, null);
    await running;
  }
});

t.test('beyond the limit of open files it does without what only holds ports', { skip: SKIP }, async (t) => {
  const descriptors = { first: 100, fds: [20] };
  const program = child(17);
  const running = run({ variables: {}, descriptors }, failure('EINVAL'), program);
  t.equal(starts.length, 2);
  t.strictSame(starts[1]?.options.stdio, ['inherit', 'inherit', 'inherit']);
  program.emit('exit', 0, null);
  t.equal(await running, 0);

  const refused = { code: 'ERR_PORT_COMMAND' };
  await t.rejects(run({ variables: {}, descriptors, tellsPid: true }, failure('EINVAL')), refused);
  t.equal(starts.length, 1, 'a command that was promised sockets is not run without');
  await t.rejects(run({ variables: {}, descriptors }, failure('EMFILE')), refused);
  t.equal(starts.length, 1);
  await t.rejects(run({ variables: {} }, failure('EINVAL')), refused);
  t.equal(starts.length, 1);
});

t.test('a start that fails later is told as one that fails at once', { skip: SKIP }, async (t) => {
  const program = child();
  const running = run({ variables: {} }, program);
  t.strictSame(steps, ['catch signals', 'spawn'], 'nothing is relayed to nobody');
  program.emit('error', failure('ENOENT'));
  await t.rejects(running, {
    code: 'ERR_PORT_COMMAND',
    exitCode: 127,
    message: 'cannot run "./program": command not found: check its spelling and PATH',
  });
  const bug = new TypeError('a fault of ours');
  await t.rejects(run({ variables: {} }, bug), bug);
});

t.test('a command that is told its number is started by a shell', { skip: SKIP }, async (t) => {
  const program = child(17);
  const running = run({ variables: {}, tellsPid: true }, program);
  const [{ file, words } = { file: '', words: [] }] = starts;
  t.strictSame([file, ...words], ['/bin/sh', '-c', 'LISTEN_PID=$$ exec "$@"', 'sh', './program', 'word']);
  program.emit('exit', 0, null);
  await running;
  await t.rejects(runCommand(['no-such-program'], { variables: {}, tellsPid: true }), {
    code: 'ERR_PORT_COMMAND',
    exitCode: 127,
  });
  const found = runCommand(['sh'], { variables: {}, tellsPid: true }).catch(() => {});
  t.equal(starts.at(-1)?.words.at(-1), 'sh', 'a program of PATH is there');
  void found;
});

t.test('why a command cannot be run decides its exit code, as in shells', { skip: SKIP }, async (t) => {
  const folder = t.testdir({ script: '', closed: {} });
  const script = join(folder, 'script');
  chmodSync(script, 0o644);
  for (const [code, program, exitCode, message] of [
    ['ENOENT', 'program', 127, 'command not found'],
    ['ENOENT', join(folder, 'none'), 127, 'command not found'],
    ['ENOENT', 'package.json', 127, 'command not found'],
    ['ENOENT', script, 126, 'the interpreter in its first line is missing (ENOENT)'],
    ['EACCES', script, 126, 'permission denied (EACCES): make it executable'],
    ['EPERM', script, 126, 'permission denied (EPERM)'],
    ['EACCES', 'no-such-program', 127, 'command not found'],
    ['EPERM', 'no-such-program', 127, 'command not found'],
    ['EACCES', 'sh', 126, 'permission denied (EACCES)'],
    ['EAGAIN', 'sh', 1, 'the system has no room for another process (EAGAIN)'],
    ['EMFILE', 'sh', 1, 'the system has no room for another process (EMFILE)'],
    ['ENFILE', 'sh', 1, 'the system has no room for another process (ENFILE)'],
    ['ENOMEM', 'sh', 1, 'the system has no room for another process (ENOMEM)'],
    ['EODD', 'sh', 126, 'EODD: it failed'],
  ] as const) {
    const cause = failure(code);
    t.match(
      toCommandError(cause, program),
      { code: 'ERR_PORT_COMMAND', exitCode, cause },
      `${code} ${program}`,
    );
    t.match(toCommandError(cause, program), { message: `cannot run "${program}": ${message}` });
  }
  const bug = new TypeError('a fault of ours');
  t.equal(toCommandError(bug, 'sh'), bug);
});

t.test('on Windows Ctrl-C is for the command alone, however often one is run', async (t) => {
  const others = process.listeners('SIGINT');
  t.intercept(process, 'platform', { value: 'win32' });
  t.teardown(() => {
    for (const listener of process.listeners('SIGINT'))
      if (!others.includes(listener)) process.off('SIGINT', listener);
  });
  for (let round = 0; round < 3; round++) {
    const program = child(17);
    const running = run({ variables: {} }, program);
    program.emit('exit', 0, null);
    await running;
    t.equal(process.listenerCount('SIGINT'), Math.max(1, others.length));
  }
});
