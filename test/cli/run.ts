import t, { type Test } from 'tap';
import { invalidValue } from '../../lib/arguments/invalid-argument';
import { run } from '../../lib/cli/run';
import { UsageError } from '../../lib/cli/usage-error';
import { PortForError } from '../../lib/errors/port-for-error';

const tell = (text: string) => ({ name: 'demo', usage: () => 'usage: demo WORD', main: () => fail(text) });

function fail(kind: string): never {
  if (kind === 'usage') throw new UsageError('unknown option --nope');
  if (kind === 'argument') throw invalidValue('port 70000 is out of range');
  if (kind === 'expected') throw new PortForError('ERR_PORT_DEMO', 'first line\nsecond line');
  throw new Error('a fault of ours');
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
    text: 'demo: first line second line\n',
  });
});

t.test('a fault of the package itself shows where it happened', async (t) => {
  t.match(await outcome(t, () => run(tell('fault'), [])), { code: 1, text: /a fault of ours\n\s+at fail/ });
});
