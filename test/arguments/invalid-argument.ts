import t from 'tap';
import { invalidType, invalidValue, missingHost, show } from '../../lib/arguments/invalid-argument';

t.test('a value is shown as a reader knows it, and short', (t) => {
  const shown: [value: unknown, text: string][] = [
    ['a "b"\n', '"a \\"b\\"\\n"'],
    ['x'.repeat(80), `"${'x'.repeat(80)}"`],
    ['x'.repeat(81), `"${'x'.repeat(77)}..."`],
    [7, '7'],
    [-0.5, '-0.5'],
    [7n, '7'],
    [Number.NaN, 'NaN'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
    [() => 'source', 'a function'],
    [[1, 2], 'an array'],
    [{ toString: () => 'text' }, 'an instance of Object'],
    [new Map(), 'an instance of Map'],
    [Object.create(null), 'an instance of Object'],
    [new Date(Number.NaN), 'Invalid Date'],
  ];
  for (const [value, text] of shown) t.equal(show(value), text);
  t.equal(show(new Date(0)), String(new Date(0)));
  t.end();
});

t.test('an error has the code of its kind', (t) => {
  const type = invalidType('host', 'a string', 7);
  t.type(type, TypeError);
  t.strictSame(
    { ...type, message: type.message },
    {
      code: 'ERR_PORT_INVALID_TYPE',
      message: 'host must be a string, not 7',
    },
  );
  const value = invalidValue('host is empty');
  t.type(value, RangeError);
  t.strictSame(
    { ...value, message: value.message },
    {
      code: 'ERR_PORT_INVALID_VALUE',
      message: 'host is empty',
    },
  );
  t.end();
});

t.test('a missing host is a value that is not allowed, another type one of the wrong type', (t) => {
  for (const none of ['', null, undefined]) t.type(missingHost(none), RangeError);
  for (const other of [7, {}, false]) t.match(missingHost(other), { code: 'ERR_PORT_INVALID_TYPE' });
  t.end();
});
