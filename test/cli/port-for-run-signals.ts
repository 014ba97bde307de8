import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { distPath, ROOT } from '../support/dist';
import { until } from '../support/program';
import { NO_SIGNALS, newConfig, node } from '../support/run-call';
import { start, watch } from '../support/watch';

const NO_TERMINAL: string | false =
  spawnSync('script', ['--version']).status === 0 ? false : 'there is no script(1) of util-linux';

const TELL_SIGNALS = `
  for (const name of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR2', 'SIGALRM', 'SIGTERM'])
    process.on(name, () => console.log('got ' + name));
  process.on('SIGUSR1', () => { console.log('got SIGUSR1'); setTimeout(() => process.exit(9), 100); });
  setTimeout(() => {}, 60000);
  console.log('ready');`;

t.test('each signal is passed on, once', { skip: NO_SIGNALS }, async (t) => {
  const { words } = newConfig(t);
  const child = start([...words, '--run', 'web', '--', ...node(TELL_SIGNALS)]);
  await child.line('ready');
  const names = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR2', 'SIGALRM', 'SIGTERM', 'SIGUSR1'] as const;
  for (const name of names) {
    child.kill(name);
    await child.line(`got ${name}`);
  }
  t.strictSame(await child.end, [9, null]);
  t.equal(child.told(), `ready\n${names.map((name) => `got ${name}\n`).join('')}`);
});

/** Catches a signal before there is a command, and then starts one. */
const EARLY_SIGNAL = `
  const addon = require('node-gyp-build')(${JSON.stringify(ROOT)});
  addon.catchSignals();
  process.kill(process.pid, 'SIGTERM');
  const command = require('node:child_process').spawn('sleep', ['60'], { stdio: 'ignore' });
  addon.relaySignalsTo(command.pid);
  command.once('exit', (code, signal) => console.log(code ?? signal));
  setTimeout(() => command.kill('SIGKILL'), 5000).unref();`;

t.test('a signal that came before the command is passed on', { skip: NO_SIGNALS }, async (t) => {
  const child = watch(process.execPath, ['-e', EARLY_SIGNAL]);
  await child.end;
  t.equal(child.told(), 'SIGTERM\n');
});

t.test('a command that does not handle a signal is ended by it', { skip: NO_SIGNALS }, async (t) => {
  const { words } = newConfig(t);
  const child = start([...words, '--run', 'web', '--', 'sh', '-c', 'echo ready; exec sleep 60']);
  await child.line('ready');
  child.kill('SIGHUP');
  t.strictSame(await child.end, [129, null]);
});

/** Runs the program that tells signals on a terminal, by `port-for --run` and the words before it. */
async function startOnTerminal(t: Test, ...before: string[]) {
  const { words } = newConfig(t);
  const program = join(t.testdir(), 'program.js');
  writeFileSync(
    program,
    // As one text: on a terminal numbers of their own would be coloured.
    `${TELL_SIGNALS} console.log(process.pid + ' of ' + process.ppid + (process.stdin.isTTY ? ' terminal' : ' none') + '.');`,
  );
  const command = [
    process.execPath,
    distPath('port-for.js'),
    ...words,
    '--run',
    'web',
    '--',
    ...before,
    process.execPath,
    program,
  ];
  // A shell that stayed would be the one that Ctrl-C ends, and the terminal with it.
  const line = `exec ${command.map((word) => `'${word}'`).join(' ')}`;
  const child = watch('script', ['-qefc', line, '/dev/null']);
  await child.line('terminal.');
  const [, pid, parent] = /(\d+) of (\d+) terminal\./.exec(child.told()) ?? [];
  return { child, pid: Number(pid), parent: Number(parent) };
}

t.test(
  'Ctrl-C is not passed on to a command that the terminal does not reach',
  { skip: NO_SIGNALS || NO_TERMINAL },
  async (t) => {
    const { child, pid, parent } = await startOnTerminal(t, 'setsid');
    child.stdin.write('\x03');
    // What is sent after it and passed on tells that it was not. With Ctrl-C a terminal forgets what it has not shown yet.
    await sleep(100);
    const isTold = () => {
      process.kill(parent, 'SIGUSR2');
      return child.told().includes('got SIGUSR2');
    };
    t.ok(await until(isTold));
    process.kill(pid, 'SIGUSR1');
    await child.end;
    t.notMatch(child.told(), 'got SIGINT');
  },
);

t.test('Ctrl-C on a terminal reaches the command once', { skip: NO_SIGNALS || NO_TERMINAL }, async (t) => {
  const { child, pid } = await startOnTerminal(t);
  const count = (name: string) => child.told().split(`got ${name}`).length - 1;
  // Two that come at the same moment may be one: several tell.
  for (let round = 1; round <= 10; round++) {
    for (const [key, name] of [
      ['\x03', 'SIGINT'],
      ['\x1c', 'SIGQUIT'],
    ] as const) {
      child.stdin.write(key);
      t.ok(await until(() => count(name) >= round), `${name} ${round}`);
    }
  }
  process.kill(pid, 'SIGUSR1');
  await child.end;
  t.strictSame([count('SIGINT'), count('SIGQUIT')], [10, 10]);
});
