import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { portFor } from '../support/command';

t.test('invalid arguments end with code 2 and a short usage, and touch no file', async (t) => {
  const PORT_FOR_CONFIG = join(t.testdir({}), 'port-for.conf');
  const cases: [words: string[], problem: RegExp][] = [
    [[], /the name is missing/],
    [['--nope'], /unknown option --nope/],
    [['--bind'], /option --bind needs a value/],
    [['--list', 'a'], /--list takes no further words: unexpected a/],
    [['--list', '--unbind', 'a'], /--unbind does not go with --list/],
    [['--bind', 'a', '--unbind', 'a'], /--bind does not go with --unbind/],
    [['--unbind', 'a', '--port', '80'], /--unbind does not go with --port/],
    [['--list', '--port', '80'], /--list does not go with --port/],
    [['--port', '80'], /the name is missing/],
    [['a', '--config', 'f', '--user'], /--config does not go with --user/],
    [['a', 'b', '--port', '80'], /--port is for one name/],
    [['a', '--port', '80', '--prefer', '81'], /--port does not go with --prefer/],
    [['a', '--config', ''], /--config needs the name of a file/],
    ...['0', '70000', '1.5', 'abc', 'NaN'].map((port): [string[], RegExp] => [
      ['a', '--port', port],
      /--port /,
    ]),
    ...['', 'a=b', 'a:b', 'a\nb', '#x', '[x]', 'x'.repeat(300), ' a'].map((name): [string[], RegExp] => [
      [name],
      /name ".*" /,
    ]),
  ];
  for (const [words, problem] of cases) {
    const { code, stdout, stderr } = await portFor(words, { PORT_FOR_CONFIG });
    t.strictSame({ code, stdout }, { code: 2, stdout: '' }, JSON.stringify(words).slice(0, 60));
    t.match(stderr, problem);
    t.match(stderr, /\nusage: port-for /);
    t.equal(stderr.split('\n').length, 3, 'two lines');
  }
  t.equal(existsSync(PORT_FOR_CONFIG), false);
});

t.test('a failure is one line with code 1, and leaves the file byte for byte', async (t) => {
  const folder = t.testdir({});
  const cases: [content: string | null, words: string[], problem: RegExp][] = [
    ['[DEFAULT]\nfoo = 80\nnonsense\n', ['bar'], /\.conf:3: expected "name = port"/],
    ['[DEFAULT]\nfoo = abc\n', ['foo'], /\.conf:2: "abc" is not a port/],
    ['[DEFAULT]\nfoo = 70000\n', ['foo', '--port', '81'], /\.conf:2: "70000" is not a port/],
    [
      '[DEFAULT]\r\nfoo = 80\r\nFoo = 81\r\n',
      ['bar', '--port', '82'],
      /\.conf:3: "foo" is defined twice, first on line 2/,
    ],
    ['[DEFAULT]\nfoo = 80\n', ['foo', '--port', '81'], /"foo" is associated with port 80, not with 81/],
    ['[DEFAULT]\nfoo = 80\n', ['bar', '--port', '80'], /port 80 is associated with "foo", not with "bar"/],
    [null, ['foo', '--config', folder], /it is a folder \(EISDIR\): use another file \(--user\)/],
    [
      null,
      ['foo', '--config', join(folder, 'none/x.conf')],
      /folder .*none does not exist \(ENOENT\): make it, or use/,
    ],
    [null, ['--list', '--config', join(folder, 'none/x.conf')], /folder .*none does not exist \(ENOENT\)/],
  ];
  for (const [content, words, problem] of cases) {
    const path = join(folder, 'x.conf');
    if (content !== null) writeFileSync(path, content);
    const { code, stdout, stderr } = await portFor(words, { PORT_FOR_CONFIG: path });
    t.strictSame({ code, stdout }, { code: 1, stdout: '' }, words.join(' '));
    t.match(stderr, /^port-for: [^\n]+\n$/);
    t.match(stderr, problem);
    if (content !== null) t.equal(readFileSync(path, 'utf8'), content);
  }
});
