import t from 'tap';
import { checkName } from '../../lib/store/name';

t.test('a name is folded to lower case', async (t) => {
  t.equal(checkName('Foo Bar'), 'foo bar');
  t.equal(checkName('ÄÖÜ-ΑΣ'), 'äöü-ας');
});

t.test('names of any other kind are allowed', async (t) => {
  const names = [
    'a',
    'x'.repeat(255),
    '😀'.repeat(255),
    '__proto__',
    'rem',
    '100%',
    '%(a)s',
    'a#b;c[d]',
    'a  b',
    ']',
    '-x',
  ];
  for (const name of names) t.equal(checkName(name), name);
});

t.test('a name that the config file would not give back is refused', async (t) => {
  const names = [
    '',
    ' ',
    'a=b',
    'a:b',
    'a\nb',
    'a\rb',
    'a\tb',
    'a\0',
    '\u0085',
    'a\u007f',
    '#x',
    ';x',
    '[x]',
    '[x',
  ];
  const more = [
    'x'.repeat(300),
    'x'.repeat(256),
    '😀'.repeat(256),
    ' a',
    'a ',
    '\u00a0a',
    'a\u3000',
    '\ud800',
    'a\udc00b',
  ];
  for (const [index, name] of [...names, ...more].entries()) {
    t.throws(() => checkName(name), { name: 'RangeError', code: 'ERR_PORT_INVALID_VALUE' }, `name ${index}`);
  }
  t.throws(() => checkName('a=b'), { message: /^name "a=b" has "=" or ":" in it/ });
});

t.test('what is no string is no name', async (t) => {
  for (const value of [undefined, null, 1, {}, ['a'], Symbol('a')]) {
    t.throws(() => checkName(value), {
      name: 'TypeError',
      code: 'ERR_PORT_INVALID_TYPE',
      message: /^name must be a string/,
    });
  }
});
