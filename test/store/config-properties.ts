import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import {
  addAssociation,
  changeAssociation,
  parseConfig,
  portsOf,
  removeAssociation,
} from '../../lib/store/config-text';
import { withoutPreloads } from '../support/command';
import { NO_PYTHON } from '../support/python';

/**
 * What Python's ConfigParser reads of a text, a JSON line in, a JSON line out: null where it refuses it. A default that
 * its port-for takes for a number, by int(), is shown as that number.
 */
const READER = `
import configparser, json, sys
def number(value):
    try:
        return str(int(value))
    except ValueError:
        return value
for line in sys.stdin:
    parser = configparser.ConfigParser()
    try:
        parser.read_string(json.loads(line))
        print(json.dumps([[[name, number(value)] for name, value in parser.defaults().items()], [[name, list(parser._sections[name].items())] for name in parser.sections()]]), flush=True)
    except configparser.Error:
        print('null', flush=True)
`;

type Options = [name: string, value: string][];
type Reading = [defaults: Options, others: [section: string, options: Options][]] | null;

function startPython(t: Test): (text: string) => Promise<Reading> {
  const child = spawn(...withoutPreloads('python3', ['-c', READER]), {
    env: { ...process.env, PYTHONUTF8: '1' },
  }) as ChildProcessWithoutNullStreams;
  child.stderr.pipe(process.stderr);
  t.teardown(() => child.stdin.end());
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (text) => {
    child.stdin.write(`${JSON.stringify(text)}\n`);
    return JSON.parse((await answers.next()).value);
  };
}

/** Lines as people and programs write them, right and wrong. */
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom('a', 'b', 'c', 'Web', 'x-y', '\u00e4'),
        fc.constantFrom(' = ', '=', ':', ' : '),
        fc.integer({ min: 1, max: 65_535 }),
      )
      .map((parts) => parts.join('')),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '# comment',
      '; comment',
      '  # indented',
      '[DEFAULT]',
      '[/check/out]',
      '[other]',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'z = abc',
      'z =',
      's = +82',
      'u = 8_3',
      'v = 0084',
      'w = -85',
      'y = 8__6',
      '  81',
      '\t= 5',
      'nonsense',
      '= 7',
      'q = 70000',
      '[',
      '[]',
      '[x] y',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.string({ maxLength: 12 }).map((text) => text.replace(/[\p{Cc}\u2028\u2029]/gu, '')),
  },
);

const text = fc
  .tuple(
    fc.constantFrom('[DEFAULT]', '[DEFAULT]', '# first', '[/check/out]'),
    fc.array(line, { maxLength: 12 }),
    fc.constantFrom('\n', '\n', '\r\n'),
    fc.boolean(),
  )
  .map(([first, lines, eol, isEnded]) => [first, ...lines].join(eol) + (isEnded ? eol : ''));

const parse = (text: string) => parseConfig(Buffer.from(text), 'file');

const attempt = (text: string) => {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
};

// The short form asks the same texts each time; PROPERTY_RUNS seeks new ones.
const { PROPERTY_RUNS } = process.env;
const RUNS = PROPERTY_RUNS === undefined ? { numRuns: 400, seed: 1 } : { numRuns: Number(PROPERTY_RUNS) };

t.test('what Python refuses is refused, and what it reads is read alike', { skip: NO_PYTHON }, async (t) => {
  const python = startPython(t);
  const property = fc.asyncProperty(text, async (text) => {
    const config = attempt(text);
    const reading = await python(text);
    if (reading === null) return config === undefined;
    if (config === undefined) return false;
    const expected = reading[0].filter(
      ([, value]) => /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535,
    );
    const odd = reading[0].length - expected.length;
    const ours = [...portsOf(config, 'DEFAULT')].map(([name, port]) => [name, port]);
    return (
      JSON.stringify(ours) === JSON.stringify(expected.map(([name, value]) => [name, Number(value)])) &&
      config.odd.filter(({ section }) => section === 'DEFAULT').length === odd
    );
  });
  await fc.assert(property, RUNS);
  t.pass();
});

t.test('after any edit Python reads that edit and no other', { skip: NO_PYTHON }, async (t) => {
  const python = startPython(t);
  const edit = fc.constantFrom('add', 'change', 'remove');
  const property = fc.asyncProperty(text, edit, fc.nat(), async (text, edit, chance) => {
    const config = attempt(text);
    const before = await python(text);
    if (config === undefined || before === null) return;
    const names = [...portsOf(config, 'DEFAULT').keys()];
    const name = names[chance % names.length];
    const [defaults, others] = before;
    if (edit === 'add' || name === undefined) {
      const edited = addAssociation(config, 'DEFAULT', 'new name', 99).toString();
      const expected = [[...defaults, ['new name', '99']], others];
      // Where the last association is not the last option, the new one stands between.
      t.strictSame(sorted(await python(edited)), sorted(expected as Reading), JSON.stringify(text));
    } else if (edit === 'change') {
      const edited = changeAssociation(config, 'DEFAULT', name, 99).toString();
      const expected = [defaults.map(([key, value]) => [key, key === name ? '99' : value]), others];
      t.strictSame(await python(edited), expected, JSON.stringify(text));
    } else {
      const edited = removeAssociation(config, 'DEFAULT', name).toString();
      t.strictSame(
        await python(edited),
        [defaults.filter(([key]) => key !== name), others],
        JSON.stringify(text),
      );
    }
  });
  await fc.assert(property, RUNS);
});

function sorted(reading: Reading): unknown {
  return reading && [[...reading[0]].sort(), reading[1]];
}

t.test('the plain grammar and the whole one say the same', async (t) => {
  const plain = fc
    .array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 65_535 })), {
      maxLength: 5,
    })
    .map((lines) => `[DEFAULT]\n${lines.map(([name, port]) => `${name} = ${port}\n`).join('')}`);
  fc.assert(
    fc.property(plain, (text) => {
      // A carriage return makes the whole grammar read it.
      const [quick, whole] = [attempt(text), attempt(text.replaceAll('\n', '\r\n'))];
      return (
        JSON.stringify([...(quick?.sections.get('DEFAULT') ?? [])]) ===
        JSON.stringify([...(whole?.sections.get('DEFAULT') ?? [])])
      );
    }),
    RUNS,
  );
  t.pass();
});
