import t, { type Test } from 'tap';
import { invalidValue } from '../../lib/arguments/invalid-argument';
import { CommandError } from '../../lib/cli/command-error';
import { isUsageError, run } from '../../lib/cli/run';
import { UsageError } from '../../lib/cli/usage-error';
import { PortForError } from '../../lib/errors/port-for-error';

const tell = (text: string) => ({ name: 'demo', usage: () => 'usage: demo WORD', main: () => fail(text) });

function fail(kind: string): never {
  if (kind === 'usage') throw new UsageError('unknown option --nope');
  if (kind === 'argument') throw invalidValue('port 70000 is out of range');
  if (kind === 'expected') throw new PortForError('ERR_PORT_DEMO', 'first line\nsecond line\n third');
  throw new Error('a fault of ours');
}

/** Keeps the listeners of warnings as they are after the test. */
function keepListeners(t: Test): void {
  const before = process.listeners('warning');
  t.teardown(() => {
    process.removeAllListeners('warning');
    for (const listener of before) process.on('warning', listener);
  });
}

async function outcome(t: Test, main: () => Promise<void>) {
  const written = t.capture(process.stderr, 'write', () => true);
  const before = process.exitCode;
  await main();
  const code = process.exitCode;
  process.exitCode = before;
  return {
    code,
    text: written()
      .map(({ args }) => String(args[0]))
      .join(''),
  };
}

t.test('a command ends with the code that it returns', async (t) => {
  for (const code of [0, 1, 130] as const) {
    const command = {
      name: 'demo',
      usage: () => '',
      main: (words: readonly string[]) => (words[0] === 'a' ? code : 2),
    };
    t.strictSame(await outcome(t, () => run(command, ['a'])), { code, text: '' });
  }
});

t.test('invalid arguments give code 2 and the usage', async (t) => {
  t.strictSame(await outcome(t, () => run(tell('usage'), [])), {
    code: 2,
    text: 'demo: unknown option --nope\nusage: demo WORD\n',
  });
  t.match(await outcome(t, () => run(tell('argument'), [])), { code: 2, text: /^demo: port 70000 is out/ });
});

t.test('a failure gives code 1 and one line', async (t) => {
  t.strictSame(await outcome(t, () => run(tell('expected'), [])), {
    code: 1,
    text: 'demo: first line second line third\n',
  });
});

t.test('the words that help stand behind an error of the library', async (t) => {
  const main = () => Promise.reject(new PortForError('ERR_PORT_UNKNOWN_NAME', '"web" has no port'));
  t.strictSame(await outcome(t, () => run({ ...tell(''), main }, [])), {
    code: 1,
    text: 'demo: "web" has no port: --list shows the names that have one\n',
  });
});

t.test('a fault of the package itself shows where it happened', async (t) => {
  t.match(await outcome(t, () => run(tell('fault'), [])), { code: 1, text: /a fault of ours\n\s+at fail/ });
});

t.test('a command that could not be run gives its own code', async (t) => {
  const command = { ...tell(''), main: () => Promise.reject(new CommandError(126, 'cannot run "x"')) };
  t.strictSame(await outcome(t, () => run(command, [])), { code: 126, text: 'demo: cannot run "x"\n' });
});

t.test('a warning is said once, also where the call fails with it, in one plain line', async (t) => {
  keepListeners(t);
  process.on('warning', () => t.fail('the listener of Node.js is gone'));
  const main = async () => {
    for (const text of ['line 3\n is odd\u001b', 'another', 'line 3\n is odd\u001b'])
      process.emit('warning', new Error(text));
    throw new PortForError('ERR_PORT_DEMO', 'another');
  };
  t.strictSame(await outcome(t, () => run({ ...tell(''), main }, [])), {
    code: 1,
    text: 'demo: line 3 is odd\\x1b\ndemo: another\n',
  });
});

t.test('what is wrong with the words of a call is told from all else', async (t) => {
  for (const error of [
    new UsageError('unknown'),
    invalidValue('port 0'),
    Object.assign(new TypeError('x'), { code: 'ERR_PORT_INVALID_TYPE' }),
  ])
    t.equal(isUsageError(error), true);
  for (const error of [
    new PortForError('ERR_PORT_DEMO', 'x'),
    new Error('x'),
    { code: 'ERR_PORT_INVALID_TYPE' },
    undefined,
  ])
    t.equal(isUsageError(error), false);
});
