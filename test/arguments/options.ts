import t from 'tap';
import {
  checkBoolean,
  checkCallback,
  checkOptions,
  checkSignal,
  checkTime,
  checkWholeNumber,
} from '../../lib/arguments/options';
import { checkCount } from '../../lib/ports/port';
import { PortSet } from '../../lib/ports/port-set';
import { checkTransport, type TransportChoice, toTransports } from '../../lib/ports/transport';

t.test('options are an object', async (t) => {
  const options = { low: 1 };
  t.equal(checkOptions(options, { low: true }), options);
  for (const value of [null, 1, 'low', true, [], () => 1, new Map(), new PortSet(80)]) {
    t.throws(() => checkOptions(value as object, {}), {
      name: 'TypeError',
      code: 'ERR_PORT_INVALID_TYPE',
      message: /^options must be an object of options, not ./,
    });
  }
});

t.test('a misspelt option is refused, with the one that was meant', async (t) => {
  const names = { ports: true, exclude: true, host: true } as const;
  const refusal = (options: object) => {
    try {
      return checkOptions(options, names);
    } catch (error) {
      return error instanceof RangeError ? error.message : error;
    }
  };
  t.equal(refusal({ portss: 1 }), 'unknown option "portss": did you mean "ports"?');
  t.equal(refusal({ excldue: 1 }), 'unknown option "excldue": did you mean "exclude"?');
  t.equal(refusal({ reserve: true }), 'unknown option "reserve": there are ports, exclude, host');
  t.equal(refusal({ toString: 1 }), 'unknown option "toString": there are ports, exclude, host');
  t.strictSame(refusal({ reserve: undefined }), { reserve: undefined }, 'what is not given says nothing');
  t.strictSame(refusal(Object.create({ reserve: 1 })), Object.create({ reserve: 1 }), 'nor does a prototype');
});

t.test('a whole number is within its range', async (t) => {
  t.equal(checkWholeNumber(0, 'border'), 0);
  t.equal(checkWholeNumber(7, 'count', 1), 7);
  for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    t.throws(() => checkWholeNumber(value, 'border'), {
      name: 'RangeError',
      code: 'ERR_PORT_INVALID_VALUE',
      message: `border ${value} is out of range: expected a whole number from 0 on`,
    });
  }
  t.throws(() => checkWholeNumber(0, 'count', 1), { message: /^count 0 .* from 1 on$/ });
  t.equal(checkWholeNumber(9, 'count', 1, 9), 9);
  t.throws(() => checkWholeNumber(10, 'count', 1, 9), {
    name: 'RangeError',
    message: 'count 10 is out of range: expected a whole number from 1 to 9',
  });
  for (const value of ['3', null, undefined, 3n]) {
    t.throws(() => checkWholeNumber(value, 'border'), {
      name: 'TypeError',
      message: /^border must be a number/,
    });
  }
});

t.test('a count is one of ports: 1 to 65535', async (t) => {
  for (const count of [1, 65535]) t.equal(checkCount(count), count);
  for (const count of [0, 65536]) {
    t.throws(() => checkCount(count), {
      name: 'RangeError',
      message: `count ${count} is out of range: expected a whole number from 1 to 65535`,
    });
  }
});

t.test('a transport is tcp or udp', async (t) => {
  t.equal(checkTransport('tcp'), 'tcp');
  t.equal(checkTransport('udp'), 'udp');
  for (const value of ['sctp', 'TCP', '', null, 6]) {
    t.throws(() => checkTransport(value), {
      name: 'RangeError',
      message: /^transport .* is unknown: expected "tcp" or "udp"$/,
    });
  }
});

t.test('a choice of transports is one of them or both', async (t) => {
  t.strictSame(toTransports('tcp'), ['tcp']);
  t.strictSame(toTransports('udp'), ['udp']);
  t.strictSame(toTransports('both'), ['tcp', 'udp']);
  t.throws(() => toTransports('all' as TransportChoice), {
    name: 'RangeError',
    message: /^transport "all" .*"both"$/,
  });
});

t.test('a time is a number of milliseconds from its least on, Infinity allowed', async (t) => {
  for (const time of [0, 0.5, 1e12, Infinity]) t.equal(checkTime(time, 'timeout', 0), time);
  for (const time of [-1, Number.NaN, -Infinity])
    t.throws(() => checkTime(time, 'timeout', 0), {
      name: 'RangeError',
      message: `timeout ${time} is out of range: expected 0 to Infinity milliseconds`,
    });
  t.throws(() => checkTime(0, 'timeout', 1), RangeError);
  t.throws(() => checkTime('1', 'timeout', 0), {
    name: 'TypeError',
    message: 'timeout must be a number of milliseconds, not "1"',
  });
});

t.test('signals, booleans and callbacks are of their type', async (t) => {
  const { signal } = new AbortController();
  t.equal(checkSignal(signal), signal);
  t.equal(checkSignal(undefined), undefined);
  for (const value of [null, {}, new AbortController(), new EventTarget()])
    t.throws(() => checkSignal(value), {
      name: 'TypeError',
      message: /^signal must be an AbortSignal, not /,
    });
  for (const value of [true, false]) t.equal(checkBoolean(value, 'steady'), value);
  for (const value of [undefined, null, 0, 1, 'true'])
    t.throws(() => checkBoolean(value, 'steady'), {
      name: 'TypeError',
      message: /^steady must be true or false, not /,
    });
  for (const value of [undefined, () => {}]) checkCallback(value, 'onLost');
  for (const value of [null, 'f', {}])
    t.throws(() => checkCallback(value, 'onLost'), {
      name: 'TypeError',
      message: /^onLost must be a function, not /,
    });
});
