import t from 'tap';
import { checkPort, isPort, MAX_PORT, parsePort, toRanges } from '../../lib/ports/port';

const outOfRange = [0, -1, 1.5, 65536, 70000, Number.NaN, Number.POSITIVE_INFINITY];
const notNumbers = ['80', '', null, undefined, 80n, {}, [80], true];

t.test('a port is a whole number from 1 to 65535', async (t) => {
  for (const port of [1, 80, 1023, 1024, MAX_PORT]) {
    t.equal(isPort(port), true);
    t.equal(checkPort(port), port);
  }
  for (const value of [...outOfRange, ...notNumbers]) t.equal(isPort(value), false);
});

t.test('a number that is no port is a RangeError with the argument, the value and the range', async (t) => {
  for (const value of outOfRange) {
    t.throws(() => checkPort(value, 'low'), {
      name: 'RangeError',
      code: 'ERR_PORT_INVALID_VALUE',
      message: `low ${value} is out of range: expected a whole number from 1 to 65535`,
    });
  }
});

t.test('what is no number is a TypeError with the argument and the value', async (t) => {
  for (const value of notNumbers) {
    t.throws(() => checkPort(value), {
      name: 'TypeError',
      code: 'ERR_PORT_INVALID_TYPE',
      message: /^port must be a number, not ./,
    });
  }
  t.throws(() => checkPort('80'), { message: 'port must be a number, not "80"' });
});

t.test('a port in text is decimal digits alone', async (t) => {
  t.equal(parsePort('1'), 1);
  t.equal(parsePort('65535'), 65535);
  t.equal(parsePort('00080'), 80);
  for (const text of ['', ' ', 'abc', '1.5', '-1', '+1', '0x50', '1e3', ' 80', '80 ', '٣', '8 0']) {
    t.throws(() => parsePort(text), {
      name: 'RangeError',
      code: 'ERR_PORT_INVALID_VALUE',
      message: `port ${JSON.stringify(text)} is not a port: expected a number from 1 to 65535`,
    });
  }
  for (const text of ['0', '65536', '70000', '9'.repeat(400)]) {
    t.throws(() => parsePort(text, '--port'), { name: 'RangeError', message: /^--port .* is out of range/ });
  }
});

t.test('ends make ranges', async (t) => {
  t.strictSame(toRanges([]), []);
  t.strictSame(toRanges([1, 2, 7, 7]), [
    { low: 1, high: 2 },
    { low: 7, high: 7 },
  ]);
});
