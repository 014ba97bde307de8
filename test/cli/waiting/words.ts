import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { joinStart, readRequest, readStart } from '../../../lib/cli/waiting/words';

const request = (words: string[], values: object = {}, headers?: string[]) =>
  readRequest({
    words,
    values,
    valuesOf: new Map(headers === undefined ? [] : [['header', headers]]),
    command: [],
  });
const options = (values: object, headers?: string[]) => request(['a:1', 'free'], values, headers).options;

t.test('the last word is the state, those before are targets', (t) => {
  const { state, targets } = request(['a:1', '[::1]:2', 'occupied']);
  t.strictSame([state, targets.map(String)], ['occupied', ['a:1', '[::1]:2']]);
  t.equal(request(['a:1', 'free']).state, 'free');
  for (const [words, message] of [
    [[], 'no HOST:PORT and no state given'],
    [['free'], 'no HOST:PORT given'],
    [['a:1', 'fre'], 'unknown state "fre": expected free or occupied as the last word: did you mean free?'],
    [
      ['a:1', 'b:2'],
      'unknown state "b:2": expected free or occupied as the last word: did you mean portend a:1 b:2 occupied?',
    ],
    [
      ['8080'],
      'unknown state "8080": expected free or occupied as the last word: did you mean portend localhost:8080 occupied?',
    ],
    [['what', 'ever'], 'unknown state "ever": expected free or occupied as the last word'],
  ] as const) {
    t.throws(() => request([...words]), { message }, words.join(' '));
  }
  for (const [words, meant] of [
    [['localhost', '8080', 'free'], 'portend localhost:8080 free'],
    [['127.0.0.1', ':8080', 'free'], 'portend 127.0.0.1:8080 free'],
    [[':80', '81', 'occupied'], 'portend localhost:80 localhost:81 occupied'],
    [['a:1', '81', 'occupied'], 'portend a:1 localhost:81 occupied'],
    [['DB-1.local', ':80', '80', 'free'], 'portend DB-1.local:80 localhost:80 free'],
    [['DB', '80', 'free'], 'portend DB:80 free'],
    [['1.2.3', '80', 'a', '81', 'free'], undefined],
    [['a', '123456', 'free'], undefined],
    [['a:70000', 'free'], undefined],
  ] as const) {
    const message =
      meant === undefined ? /is not HOST:PORT[^?]*$|out of range/ : new RegExp(`: did you mean ${meant}\\?$`);
    t.throws(() => request([...words]), { message }, words.join(' '));
  }
  t.throws(() => request(['123456', 'free']), { message: /is not HOST:PORT[^?]*$/ });
  t.end();
});

t.test('a timeout is in seconds, and never without one', (t) => {
  for (const [text, milliseconds] of [
    [undefined, Infinity],
    ['inf', Infinity],
    ['Infinity', Infinity],
    ['0', 0],
    ['30', 30_000],
    ['0.5', 500],
    ['.5', 500],
    ['2.', 2000],
    ['1e-1', 100],
  ] as const) {
    t.equal(options({ timeout: text }).timeout, milliseconds, `${text}`);
  }
  for (const text of ['', '-1', '0x10', 'soon', '1s', 'infinit', '1e'])
    t.throws(() => options({ timeout: text }), { message: /is not a number of seconds/ }, text);
  t.end();
});

t.test('the other options are read, and refused by name', (t) => {
  const ca = join(t.testdir({ 'ca.pem': 'PEM' }), 'ca.pem');
  t.strictSame(
    options({ steady: '200', while: '7', status: '204', insecure: true, servername: 'a', ca }, [
      'A: b: c',
      'D:',
    ]),
    {
      timeout: Infinity,
      steady: 200,
      status: '204',
      headers: { A: 'b: c', D: '' },
      insecure: true,
      ca: 'PEM',
      servername: 'a',
      process: 7,
    },
  );
  t.strictSame(options({}, ['A:  \t b ', 'a:1', 'a:2']).headers, { A: 'b ', a: '2' });
  t.strictSame(
    [options({}).headers, options({}).steady, options({}).process],
    [undefined, undefined, undefined],
  );
  t.equal(options({ steady: '1234567890' }).steady, 1_234_567_890);
  t.throws(() => options({ steady: '0.5' }), {
    message: '--steady "0.5" is not a whole number: expected milliseconds, such as 200',
  });
  t.throws(() => options({ while: '12345678901' }), { message: /^--while .* expected a process number$/ });
  t.throws(() => options({}, ['none']), { message: `--header "none" is not of the form 'NAME: TEXT'` });
  writeFileSync(join(ca, '..', 'other'), '');
  t.throws(() => options({ ca: join(ca, '..', 'missing') }), {
    message: /^--ca ".*" cannot be read: ENOENT/,
  });
  t.end();
});

t.test('the words of a server are one value, and come back', (t) => {
  const join = (text: string) => joinStart(text.split(' ')).join(' ');
  t.equal(join('a:1 free'), 'a:1 free');
  t.equal(
    join('a:1 occupied --start node s.js --port 1 -- npm test'),
    'a:1 occupied --start=["node","s.js","--port","1"] -- npm test',
  );
  t.equal(join('a:1 free -- x --start y'), 'a:1 free -- x --start y');
  t.equal(join('--start --help'), '--help --start=');
  t.equal(join('--start --help -- x'), '--start=["--help"] -- x');
  t.equal(join('a:1 occupied --start -- x'), 'a:1 occupied --start=[] -- x');
  t.throws(() => join('--start --helpful'), { message: /put it behind --$/ });
  t.equal(join('--start -h'), '--help --start=');
  t.throws(() => join('a:1 occupied --start node'), { message: /put it behind --$/ });
  t.strictSame(readStart('["node","s.js"]'), ['node', 's.js']);
  t.strictSame(readStart('node s.js'), ['node s.js']);
  for (const none of [undefined, '', '[]', '[""]'])
    t.throws(() => readStart(none), { message: '--start needs the command of a server' }, `${none}`);
  t.end();
});
