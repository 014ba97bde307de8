import t from 'tap';
import { parseWords } from '../../lib/cli/parse-words';
import { UsageError } from '../../lib/cli/usage-error';

const OPTIONS = { timeout: { type: 'string', short: 't' }, json: { type: 'boolean' } } as const;

t.test('an option can be written in each of its forms', async (t) => {
  for (const words of [['-t', '5'], ['-t5'], ['--timeout', '5'], ['--timeout=5'], ['-t', '9', '-t', '5']]) {
    t.strictSame(parseWords(words, OPTIONS).values, { timeout: '5' }, words.join(' '));
  }
  t.strictSame(parseWords(['--json', 'a', '-t', '1', 'b'], OPTIONS), {
    values: { json: true, timeout: '1' },
    rest: ['a', 'b'],
  });
});

t.test('a value may begin with a dash, and after -- nothing is an option', async (t) => {
  t.strictSame(parseWords(['-t', '-1'], OPTIONS).values, { timeout: '-1' });
  t.strictSame(parseWords(['--', '--json'], OPTIONS), { values: {}, rest: ['--json'] });
});

t.test('an invalid argument is refused by name', async (t) => {
  t.throws(() => parseWords(['--nope'], OPTIONS), new UsageError('unknown option --nope'));
  t.throws(() => parseWords(['-x'], OPTIONS), new UsageError('unknown option -x'));
  t.throws(() => parseWords(['--toString'], OPTIONS), new UsageError('unknown option --toString'));
  t.throws(() => parseWords(['-t'], OPTIONS), new UsageError('option -t needs a value'));
  t.throws(() => parseWords(['--timeout'], OPTIONS), new UsageError('option --timeout needs a value'));
  t.throws(() => parseWords(['--json=1'], OPTIONS), new UsageError('option --json takes no value'));
});
