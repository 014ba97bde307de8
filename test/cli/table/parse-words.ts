import t from 'tap';
import { parseWords } from '../../../lib/cli/table/parse-words';
import { UsageError } from '../../../lib/cli/usage-error';

const OPTIONS = {
  timeout: { type: 'string', short: 't', help: '' },
  json: { type: 'boolean', help: '' },
  help: { type: 'boolean', short: 'h', help: '' },
} as const;

const refusal = (...words: string[]) => {
  try {
    return parseWords(words, OPTIONS);
  } catch (error) {
    return error instanceof UsageError ? error.message : error;
  }
};

t.test('an option can be written in each of its forms', async (t) => {
  for (const words of [
    ['-t', '5'],
    ['-t5'],
    ['-t=5'],
    ['--timeout', '5'],
    ['--timeout=5'],
    ['-t', '9', '-t', '5'],
  ]) {
    t.strictSame(parseWords(words, OPTIONS).values, { timeout: '5' }, words.join(' '));
  }
  t.match(parseWords(['--json', 'a', '-t', '1', 'b'], OPTIONS), {
    values: { json: true, timeout: '1' },
    before: ['a', 'b'],
    behind: undefined,
  });
  t.strictSame(parseWords(['--timeout==5'], OPTIONS).values, { timeout: '=5' });
});

t.test('every value of an option that is given twice is there', async (t) => {
  const { values, valuesOf } = parseWords(['-t', '9', '--timeout=5'], OPTIONS);
  t.strictSame({ ...values }, { timeout: '5' });
  t.strictSame([...valuesOf], [['timeout', ['9', '5']]]);
  t.equal(parseWords(['--json'], OPTIONS).valuesOf.size, 0, 'an option without a value has none');
});

t.test('a value may begin with a dash, and after -- nothing is an option', async (t) => {
  t.strictSame(parseWords(['-t', '-1'], OPTIONS).values, { timeout: '-1' });
  t.match(parseWords(['a', '--', '--json', '--'], OPTIONS), {
    values: {},
    before: ['a'],
    behind: ['--json', '--'],
  });
});

t.test('an option is no value of another', async (t) => {
  for (const option of ['--json', '-t', '--timeout=3']) {
    t.equal(refusal('--timeout', option), `option --timeout needs a value, and ${option} is an option`);
  }
  t.strictSame(parseWords(['--timeout=--json'], OPTIONS).values, { timeout: '--json' });
  t.strictSame(parseWords(['--timeout=--help'], OPTIONS).values, { timeout: '--help' });
  t.strictSame(parseWords(['--timeout', '-j'], OPTIONS).values, { timeout: '-j' });
  t.equal(refusal('-t', '--', '5'), 'option -t needs a value');
});

t.test('where a value is missing, help can be asked for', async (t) => {
  for (const help of ['--help', '-h']) {
    t.match(parseWords(['--timeout', help], OPTIONS).values, { timeout: '', help: true });
  }
});

t.test('an invalid argument is refused by name', async (t) => {
  t.equal(refusal('--nope'), 'unknown option --nope');
  for (const short of ['-x', '-j']) t.equal(refusal(short), `unknown option ${short}`);
  t.equal(refusal('--toString'), 'unknown option --toString');
  t.equal(refusal('-t'), 'option -t needs a value');
  t.equal(refusal('--timeout'), 'option --timeout needs a value');
  t.equal(refusal('--json=1'), 'option --json takes no value');
});

t.test('a misspelt option gets the one that was meant', async (t) => {
  for (const [misspelt, meant] of [
    ['--tiemout', '--timeout'],
    ['--time', '--timeout'],
    ['--Timeout', '--timeout'],
    ['--jason', '--json'],
    ['--json-', '--json'],
    ['--hepl=x', '--help'],
  ] as const) {
    t.equal(refusal(misspelt), `unknown option ${misspelt.replace(/=.*/, '')}: did you mean ${meant}?`);
  }
});
