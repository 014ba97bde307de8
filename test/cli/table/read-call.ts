import t from 'tap';
import { readCall, toCommand } from '../../../lib/cli/table/read-call';
import type { Mode, Options, Table } from '../../../lib/cli/table/table';
import { UsageError } from '../../../lib/cli/usage-error';

const OPTIONS: Options = {
  open: { type: 'string', help: '' },
  shut: { type: 'boolean', help: '' },
  run: { type: 'boolean', help: '' },
  help: { type: 'boolean', short: 'h', help: '' },
  all: { type: 'boolean', help: '' },
  fast: { type: 'boolean', help: '' },
  slow: { type: 'boolean', help: '' },
};

const calls: unknown[] = [];
const mode = (options: readonly string[], more: Partial<Mode<Options>> = {}): Mode<Options> => ({
  summary: '',
  options,
  load: () => (call) => calls.push(call),
  ...more,
});
const words = (least: number, most: number) => ({ usage: '', noun: 'door', least, most });

const TABLE: Table = {
  name: 'door',
  summary: '',
  options: OPTIONS,
  usual: 'open',
  modes: {
    open: mode(['fast', 'slow'], { words: words(1, 2) }),
    shut: mode(['fast', 'all'], { words: words(0, 1), alsoChosenBy: ['all'] }),
    run: mode(['fast'], { words: words(1, Infinity), takesCommand: true }),
    help: mode([], { words: words(0, Infinity) }),
  },
  alternatives: [['fast', 'slow']],
};

function read(...given: string[]) {
  try {
    const { name, call } = readCall(TABLE, given);
    return { name, words: call.words, command: call.command };
  } catch (error) {
    return error instanceof UsageError ? error.message : error;
  }
}

t.test('a mode is chosen by its option, by another of its own, or by none', async (t) => {
  for (const [given, name, of] of [
    [['a'], 'open', ['a']],
    [['--open', 'a', 'b'], 'open', ['a', 'b']],
    [['b', '--open', 'a'], 'open', ['a', 'b']],
    [['--shut'], 'shut', []],
    [['--all', 'x'], 'shut', ['x']],
    [['--shut', '--', '--x'], 'shut', ['--x']],
    [['--help', '--all', '--run'], 'help', []],
  ] as const)
    t.strictSame(read(...given), { name, words: of, command: [] }, given.join(' '));
  t.strictSame(read('--run', 'a', '--', 'x', '--fast'), {
    name: 'run',
    words: ['a'],
    command: ['x', '--fast'],
  });
});

t.test('an option that goes with no such mode is refused by the one that was meant', async (t) => {
  for (const [given, message] of [
    [['--shut', '--slow'], '--shut does not go with --slow'],
    [['--all', '--slow'], '--all does not go with --slow'],
    [['--all', '--shut', '--slow'], '--shut does not go with --slow'],
    [['--slow', '--shut', '--run'], '--shut does not go with --run'],
    [['--open', 'a', '--shut'], '--open does not go with --shut'],
    [['--fast', '--slow', 'a'], '--fast does not go with --slow'],
  ] as const)
    t.equal(read(...given), message, given.join(' '));
});

t.test('an option of other modes names them, for a call without a mode', async (t) => {
  const usual = { ...TABLE, modes: { ...TABLE.modes, open: mode([], { words: words(0, 1) }) } };
  const refusal = (option: string) => {
    try {
      return readCall(usual, [option]).name;
    } catch (error) {
      return (error as Error).message;
    }
  };
  t.equal(refusal('--fast'), '--fast goes with --shut or --run');
  const many = mode(['fast']);
  Object.assign(usual.modes, { more: many });
  t.equal(refusal('--fast'), '--fast goes with --shut, --run or --more');
});

t.test('too few words and too many are told', async (t) => {
  t.equal(read(), 'the door is missing');
  t.equal(read('--run', '--', 'x'), 'the door is missing');
  t.match(read('a', 'b'), { name: 'open' });
  t.equal(read('a', 'b', 'c d', 'e'), 'door takes one door: unexpected "c d" e');
  t.equal(read('--shut', 'a', '{b}/c:1'), '--shut takes one door: unexpected {b}/c:1');
  const none = { ...TABLE, modes: { open: mode([]) } };
  t.throws(() => readCall(none, ['a']), { message: 'door takes no further words: unexpected a' });
  t.equal(readCall(none, []).name, 'open');
});

t.test('a command that is missing is shown where it belongs', async (t) => {
  const missing = 'the command is missing: put it behind --';
  t.equal(read('--run'), missing);
  t.equal(read('--run', 'a'), missing);
  t.equal(read('--run', 'a', 'b', '--'), missing);
  t.equal(read('--run', 'a', 'b', 'c d'), `${missing}, as in door --run a -- b "c d"`);
  t.equal(read('--run', 'a', '--', ''), 'the command is empty');
  t.equal(read('--run', '--', ''), 'the command is empty');
});

t.test('a command does what the mode of its words does', async (t) => {
  const command = toCommand(TABLE);
  t.equal(command.name, 'door');
  await command.main(['--open', 'a', '--fast']);
  t.match(calls, [{ words: ['a'], values: { open: 'a', fast: true }, command: [] }]);
  t.match(command.usage(['--shut']), /^usage: door --shut/);
});

t.test('a mode that a table does not have is a fault of ours', async (t) => {
  for (const usual of ['none', 'toString'])
    t.throws(() => readCall({ ...TABLE, usual }, []), {
      name: 'TypeError',
      message: `door has no mode ${usual}`,
    });
});
