import { homedir } from 'node:os';
import t from 'tap';
import { list, moment, plural, roughly, shortPath } from '../../../lib/cli/seeing/words';
import { withEnvironment } from '../../support/environment';

t.test('a time is told in its largest unit', (t) => {
  const SECOND = 1000;
  for (const [milliseconds, text] of [
    [-5 * SECOND, '0 seconds'],
    [0, '0 seconds'],
    [499, '0 seconds'],
    [500, '1 second'],
    [59 * SECOND, '59 seconds'],
    [60 * SECOND, '1 minute'],
    [119 * SECOND, '1 minute'],
    [3599 * SECOND, '59 minutes'],
    [3600 * SECOND, '1 hour'],
    [86_399 * SECOND, '23 hours'],
    [86_400 * SECOND, '1 day'],
    [2_000 * 86_400 * SECOND, '2,000 days'],
  ] as const) {
    t.equal(roughly(milliseconds), text);
  }
  t.end();
});

t.test('words are counted and listed', (t) => {
  t.strictSame(
    [0, 1, 2].map((count) => plural(count, 'client')),
    ['0 clients', '1 client', '2 clients'],
  );
  t.strictSame([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(list), ['', 'a', 'a and b', 'a, b and c']);
  t.end();
});

t.test('a home is written as ~, and no folder whose name only begins so', (t) => {
  const home = homedir();
  t.equal(shortPath(home), '~');
  t.equal(shortPath(`${home}/a/b`), '~/a/b');
  t.equal(shortPath(`${home}2/a`), `${home}2/a`);
  t.equal(shortPath('/a'), '/a');
  withEnvironment(t, { HOME: '/' });
  t.equal(shortPath('/'), '/', 'where all is at home');
  t.end();
});

t.test('a moment is told in local time', (t) => {
  withEnvironment(t, { TZ: 'Asia/Kolkata' });
  t.equal(moment(new Date('2026-11-26T16:02:11.999Z')), '2026-11-26 21:32:11');
  t.end();
});
