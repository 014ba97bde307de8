import t from 'tap';
import { PORT_FOR } from '../../../lib/cli/modes';
import { MODE_NAMES } from '../../../lib/cli/options';
import { helpText, usageLine } from '../../../lib/cli/table/help';
import { readCall } from '../../../lib/cli/table/read-call';
import type { Options, Table } from '../../../lib/cli/table/table';
import { UsageError } from '../../../lib/cli/usage-error';
import { PORTEND } from '../../../lib/cli/waiting/table';

const TABLES: Table<Options>[] = [PORT_FOR, PORTEND] as unknown as Table<Options>[];

/** Words that choose a mode, with as many positional words as it needs and a command if it takes one. */
function callFor(table: Table<Options>, name: string): string[] {
  const { words, takesCommand } = table.modes[name] ?? { words: undefined, takesCommand: undefined };
  const option = table.options[name];
  const positional = Array.from({ length: words?.least ?? 0 }, (_, index) => `word${index}`);
  const chosen = option === undefined ? [] : [`--${name}`, ...(option.type === 'string' ? ['word'] : [])];
  return [
    ...chosen,
    ...positional.slice(option?.type === 'string' ? 1 : 0),
    ...(takesCommand ? ['--', 'x'] : []),
  ];
}

/** Options that exclude another one of the same mode. */
const LATER = (PORT_FOR.alternatives ?? []).flatMap(([, ...others]): readonly string[] => others);

const optionWords = (table: Table<Options>, name: string) =>
  table.options[name]?.type === 'string' ? [`--${name}=word`] : [`--${name}`];

for (const table of TABLES) {
  t.test(`every mode of ${table.name} has its option, its words and its loader`, async (t) => {
    for (const [name, mode] of Object.entries(table.modes)) {
      t.ok(name === table.usual || table.options[name], `--${name} is an option`);
      t.type(mode.load(), 'function');
      const request = readCall(table, callFor(table, name));
      t.equal(request.name, name);
      const options = mode.options.filter((option) => ![...LATER, 'help', 'version'].includes(option));
      const words = options.flatMap((option) => optionWords(table, option));
      t.equal(
        readCall(table, [...words, ...callFor(table, name)]).name,
        name,
        `--${name} with all its options`,
      );
    }
  });

  t.test(`every option that does not go with a mode of ${table.name} is refused by name`, async (t) => {
    for (const [name, mode] of Object.entries(table.modes)) {
      if (name === 'help') continue;
      for (const option of Object.keys(table.options)) {
        if (option === name || option === 'help' || mode.options.includes(option)) continue;
        if (name === table.usual && Object.hasOwn(table.modes, option)) continue;
        if (table.modes[option]?.options.includes(name)) continue;
        const words = [...optionWords(table, option), ...callFor(table, name)];
        t.throws(() => readCall(table, words), UsageError, words.join(' '));
        t.throws(() => readCall(table, words), { message: new RegExp(`--${option}\\b`) });
      }
    }
  });

  t.test(
    `every option of ${table.name} belongs to a mode or chooses one, and says what it does`,
    async (t) => {
      for (const [name, { type, value, help }] of Object.entries(table.options)) {
        const takers = Object.entries(table.modes).filter(
          ([mode, { options }]) => mode === name || options.includes(name),
        );
        t.ok(takers.length > 0, name);
        t.ok(help.length > 0, name);
        if (type === 'string') t.ok(value, `the value of --${name} has a name`);
      }
      const shorts = Object.values(table.options).flatMap(({ short }) => short ?? []);
      t.equal(new Set(shorts).size, shorts.length, 'no short option has two meanings');
    },
  );

  t.test(`help of ${table.name} tells every mode and every option, in lines of 80 columns`, async (t) => {
    const overview = helpText(table, ['help']);
    const pages = Object.keys(table.modes).map((name) => helpText(table, ['help', name]));
    for (const page of [overview, ...pages]) {
      for (const line of page.split('\n')) t.ok(line.length <= 80 && line === line.trimEnd(), line);
    }
    const all = [overview, ...pages].join('\n');
    for (const name of Object.keys(table.options)) t.match(all, `--${name}`);
  });

  t.test(`a usage line of ${table.name} is of the mode that the words choose`, async (t) => {
    for (const name of Object.keys(table.modes)) {
      if (name === 'help') continue;
      const line = usageLine(table, [...callFor(table, name), '--nope']);
      t.match(line, new RegExp(`^usage: ${table.name} `));
      if (name !== table.usual) t.match(line, new RegExp(`--${name}\\b.*see ${table.name} --${name} --help`));
      t.notMatch(line, '\n');
    }
  });
}

const refusal = (...words: string[]) => {
  try {
    return readCall(PORT_FOR, words).name;
  } catch (error) {
    return error instanceof UsageError ? error.message : error;
  }
};

t.test('options that contradict each other are refused, both by name', async (t) => {
  const STORE = '--store=etcd://db';
  for (const [mode = '', ...options] of [
    ['web', '--config=x', '--user', '--system', STORE],
    ['web', '--here', '--project=x', STORE],
    ['web', '--port=80', '--prefer=81'],
    ['--temp', '--ports=80', '--from-server'],
    ['--env', '--export', '--env-file=x', '--json'],
  ]) {
    for (const [index, one] of options.entries()) {
      for (const other of options.slice(index + 1)) {
        const [left, right] = [one, other].map((option) => option.replace(/=.*/, ''));
        const problem = { name: 'UsageError', message: `${left} does not go with ${right}` };
        t.throws(() => readCall(PORT_FOR, [mode, one, other]), problem);
      }
    }
  }
});

t.test('words that are missing or too many are named', async (t) => {
  t.equal(refusal('--unbind='), 'unbind');
  t.equal(refusal('--rebind', 'a', 'b'), '--rebind takes one name: unexpected b');
  t.equal(refusal('--list', 'a b', 'c'), '--list takes no further words: unexpected "a b" c');
  t.equal(refusal('--version', 'x'), '--version takes no further words: unexpected x');
  t.equal(refusal('--scan', '1', '2'), '--scan takes one list of ports: unexpected 2');
  t.equal(refusal('--temp', '1', '2'), '--temp takes one count: unexpected 2');
  t.equal(refusal('--serve', 'a', 'b'), '--serve takes one address: unexpected b');
  t.equal(refusal('--completion', 'fish', 'b'), '--completion takes one shell: unexpected b');
  for (const mode of ['--explain', '--stop']) {
    t.equal(refusal(mode, '1', '2'), `${mode} takes one port: unexpected 2`);
    t.equal(refusal(mode), 'the port is missing');
  }
  t.equal(refusal('--who'), 'the port is missing');
  t.equal(refusal('--who', '1', '2', '3'), 'who');
});

t.test('a command that is missing is shown where it belongs', async (t) => {
  t.equal(refusal('--run', 'web'), 'the command is missing: put it behind --');
  t.equal(refusal('--run', 'web', '--'), 'the command is missing: put it behind --');
  t.equal(refusal('--run', 'web', '--', ''), 'the command is empty');
  t.equal(
    refusal('--run', 'web', 'node', 'my server.js'),
    'the command is missing: put it behind --, as in port-for --run web -- node "my server.js"',
  );
});

t.test('help comes before everything, and words behind -- are the command’s', async (t) => {
  t.equal(refusal('--list', '--unbind', 'a', '--help'), 'help');
  t.equal(refusal('--unbind', '--help'), 'help');
  t.strictSame(readCall(PORT_FOR, ['--run', 'web', '--', 'x', '--help', '--']).call.command, [
    'x',
    '--help',
    '--',
  ]);
  t.strictSame(readCall(PORT_FOR, ['--', '--help']).call.words, ['--help']);
});

t.test('the short options of Python’s port-for 0.4 are ours', async (t) => {
  for (const [words, name] of [
    [['-l'], 'list'],
    [['-b', 'a'], 'bind'],
    [['-ba'], 'bind'],
    [['-u', 'a'], 'unbind'],
    [['a', '-p', '80'], 'bind'],
    [['-v'], 'version'],
    [['-h'], 'help'],
  ] as const) {
    t.equal(readCall(PORT_FOR, words).name, name, words.join(' '));
  }
  t.match(readCall(PORT_FOR, ['a', '-p=80']).call, { words: ['a'], values: { port: '80' } });
});

t.test('the words that are rather modes than names are the modes', async (t) => {
  t.strictSame([...MODE_NAMES].sort(), Object.keys(PORT_FOR.modes).sort());
});
