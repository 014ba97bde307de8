import t from 'tap';
import { addAssociation, parseConfig, removeAssociation } from '../../lib/store/config-text';
import { ConfigFileError } from '../../lib/store/errors';
import { NO_PYTHON, python } from '../support/python';

const parse = (text: string | Buffer) => parseConfig(Buffer.from(text), '/etc/port-for.conf');
const add = (text: string, name = 'new', port = 99) => addAssociation(parse(text), name, port).toString();
const remove = (text: string, name: string) => removeAssociation(parse(text), name).toString();

t.test('associations are read in the order of the file', async (t) => {
  t.strictSame(
    [...parse('# ports\n[DEFAULT]\nFoo = 80\nbar:0081\n\n[x]\ny = z\n[DEFAULT]\nbaz =\n  82').ports],
    [
      ['foo', 80],
      ['bar', 81],
      ['baz', 82],
    ],
  );
  for (const empty of ['', '\n', '# nothing yet', '[DEFAULT]', '[x]\na = b', '\ufeff', '\ufeff[DEFAULT]\n']) {
    t.equal(parse(empty).ports.size, 0, JSON.stringify(empty));
  }
});

t.test('names that are properties of every object are names like others', async (t) => {
  const text = add(add('', '__proto__', 1), 'constructor', 2);
  t.equal(parse('').ports.get('constructor'), undefined);
  t.equal(parse(text).ports.get('__proto__'), 1);
  t.equal(parse(remove(text, '__proto__')).ports.get('__proto__'), undefined);
  t.equal(parse(remove(text, '__proto__')).ports.get('constructor'), 2);
});

t.test('an invalid line is named with its file', async (t) => {
  const cases: [text: string | Buffer, line: number, problem: RegExp][] = [
    ['[DEFAULT]\nfoo = 80\nnonsense\n', 3, /expected "name = port"/],
    ['[DEFAULT]\nfoo = abc\n', 2, /"abc" is not a port/],
    ['[DEFAULT]\nfoo =\n', 2, /"" is not a port/],
    ['[DEFAULT]\nfoo = 0\n', 2, /"0" is not a port/],
    ['[DEFAULT]\nfoo = 65536\n', 2, /"65536" is not a port/],
    ['[DEFAULT]\nfoo = 80.5\n', 2, /"80.5" is not a port/],
    ['[DEFAULT]\nfoo = 80 ; remark\n', 2, /"80 ; remark" is not a port/],
    ['[DEFAULT]\nfoo = 80\n  bar = 81\n', 3, /the line is indented, so it continues the value of "foo"/],
    ['[DEFAULT]\r\nfoo = 80\r\n\r\nFOO = 81\r\n', 4, /"foo" is defined twice, first on line 2/],
    ['foo = 80\n', 1, /\[DEFAULT\]/],
    ['[x]\na = 1\n[x]\nb = 2\n', 3, /section \[x\] is defined twice/],
    [Buffer.from('[DEFAULT]\nf\xfcr = 80\n', 'latin1'), 2, /not in UTF-8/],
  ];
  for (const [text, line, problem] of cases) {
    t.throws(() => parse(text), { line, path: '/etc/port-for.conf', message: problem }, JSON.stringify(text));
    t.throws(() => parse(text), ConfigFileError);
  }
});

t.test('an association is added below the others, and nothing else changes', async (t) => {
  t.equal(add(''), '[DEFAULT]\nnew = 99\n');
  t.equal(add('# only this'), '# only this\n[DEFAULT]\nnew = 99\n');
  t.equal(add('[DEFAULT]'), '[DEFAULT]\nnew = 99\n');
  t.equal(add('[DEFAULT]\n# first\na = 1\n\n# last\n'), '[DEFAULT]\n# first\na = 1\nnew = 99\n\n# last\n');
  t.equal(add('[DEFAULT]\na = 1'), '[DEFAULT]\na = 1\nnew = 99\n');
  t.equal(add('[x]\ny = z\n'), '[x]\ny = z\n\n[DEFAULT]\nnew = 99\n');
  t.equal(add('[DEFAULT]\n[x]\ny = z\n'), '[DEFAULT]\nnew = 99\n[x]\ny = z\n');
  t.equal(add('[DEFAULT]\na =\n  1\n[x]\n'), '[DEFAULT]\na =\n  1\nnew = 99\n[x]\n');
});

t.test('line ends, byte order mark and indentation are those of the file', async (t) => {
  t.equal(add('[DEFAULT]\r\na = 1\r\n'), '[DEFAULT]\r\na = 1\r\nnew = 99\r\n');
  t.equal(add('[DEFAULT]\r\na = 1'), '[DEFAULT]\r\na = 1\r\nnew = 99\r\n');
  t.equal(add('[DEFAULT]\ra = 1\r'), '[DEFAULT]\ra = 1\rnew = 99\r');
  t.equal(add('\ufeff[DEFAULT]\na = 1\n'), '\ufeff[DEFAULT]\na = 1\nnew = 99\n');
  t.equal(add('\ufeff'), '\ufeff\n[DEFAULT]\nnew = 99\n');
  t.equal(add('[DEFAULT]\n  a = 1\n  [x]\n'), '[DEFAULT]\n  a = 1\n  new = 99\n  [x]\n');
  t.equal(add('[DEFAULT]\n  [x]\n'), '[DEFAULT]\n  new = 99\n  [x]\n');
});

t.test('only the lines of the association go when it is removed', async (t) => {
  const text = '# a\r\n[DEFAULT]\r\nA = 1\n; b\nb =\n # c\n  2\n\nc=3';
  t.equal(remove(text, 'a'), '# a\r\n[DEFAULT]\r\n; b\nb =\n # c\n  2\n\nc=3');
  t.equal(remove(text, 'b'), '# a\r\n[DEFAULT]\r\nA = 1\n; b\n # c\n\nc=3');
  t.equal(remove(text, 'c'), '# a\r\n[DEFAULT]\r\nA = 1\n; b\nb =\n # c\n  2\n\n');
  t.equal(remove('[DEFAULT]\na = 1\n[x]\na = 2\n', 'a'), '[DEFAULT]\n[x]\na = 2\n');
});

t.test('bytes that are not UTF-8 survive outside of names', async (t) => {
  const text = Buffer.from('# f\xfcr uns\n[DEFAULT]\na = 1\n[x]\n\xff = \xfe\n', 'latin1');
  const edited = addAssociation(parse(text), 'b', 2);
  t.equal(edited.toString('latin1'), '# f\xfcr uns\n[DEFAULT]\na = 1\nb = 2\n[x]\n\xff = \xfe\n');
  t.strictSame(removeAssociation(parse(edited), 'b'), text);
});

const READ_DEFAULTS = `
import configparser, json, sys
def read(text):
    parser = configparser.ConfigParser()
    parser.read_string(text)
    return [list(parser.defaults().items()), [[name, list(parser._sections[name].items())] for name in parser.sections()]]
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`;

t.test('after any edits of any file Python sees the edits and no others', { skip: NO_PYTHON }, async (t) => {
  const files = Array.from({ length: 3000 }, randomFile).filter(isReadable);
  t.ok(files.length > 1000, `${files.length} files can be read`);
  const edits = files.map((text) => {
    const config = parse(text);
    const names = [...config.ports.keys()];
    const removed = Math.random() < 0.5 ? names[Math.floor(Math.random() * names.length)] : undefined;
    return removed === undefined
      ? { text, name: 'new', edited: add(text) }
      : { text, name: removed, edited: remove(text, removed) };
  });
  type Defaults = [string, string][];
  const before = python(READ_DEFAULTS, files) as [Defaults, unknown][];
  const after = python(
    READ_DEFAULTS,
    edits.map(({ edited }) => edited),
  ) as [Defaults, unknown][];
  const wrong = edits.filter(({ name }, index) => {
    const [defaults = [], others] = before[index] ?? [];
    const wanted = name === 'new' ? [...defaults, ['new', '99']] : defaults.filter(([key]) => key !== name);
    return JSON.stringify(after[index]) !== JSON.stringify([wanted, others]);
  });
  t.strictSame(wrong, []);
});

function isReadable(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

function randomFile(): string {
  const pick = (from: readonly string[]) => from[Math.floor(Math.random() * from.length)] ?? '';
  const lines = Array.from({ length: Math.floor(Math.random() * 8) }, (_, index) => {
    const indent = pick(['', '', '', ' ', '    ']);
    const header = pick(['[DEFAULT]', `[s${index}]`]);
    return indent + pick([header, `n${index} = ${index + 1}`, `n${index}:`, '7', '', '# c', '; d']);
  });
  return (
    [pick(['[DEFAULT]', '[DEFAULT]', '[s]', '# e']), ...lines].join(pick(['\n', '\r\n'])) + pick(['', '\n'])
  );
}
