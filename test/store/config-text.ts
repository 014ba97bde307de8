import t from 'tap';
import {
  addAssociation,
  changeAssociation,
  checkNoOddity,
  parseConfig,
  portsOf,
  removeAssociation,
  removeSections,
} from '../../lib/store/config-text';
import { ConfigFileError } from '../../lib/store/errors';
import { NO_PYTHON, python } from '../support/python';

const parse = (text: string | Buffer) => parseConfig(Buffer.from(text), '/etc/port-for.conf');
const add = (text: string, name = 'new', port = 99, section = 'DEFAULT') =>
  addAssociation(parse(text), section, name, port).toString();
const remove = (text: string, name: string, section = 'DEFAULT') =>
  removeAssociation(parse(text), section, name).toString();
const portOf = (text: string, name: string) => parse(text).sections.get('DEFAULT')?.get(name);

t.test('associations are read in the order of the file', async (t) => {
  t.strictSame(
    [
      ...(parse('# ports\n[DEFAULT]\nFoo = 80\nbar:0081\n\n[x]\ny = z\n[DEFAULT]\nbaz =\n  82').sections.get(
        'DEFAULT',
      ) ?? []),
    ],
    [
      ['foo', 80],
      ['bar', 81],
      ['baz', 82],
    ],
  );
  for (const empty of ['', '\n', '# nothing yet', '[DEFAULT]', '[x]\na = b', '\ufeff', '\ufeff[DEFAULT]\n']) {
    t.equal(parse(empty).sections.get('DEFAULT')?.size, 0, JSON.stringify(empty));
  }
});

t.test('a number is read as by int() of Python, with which port-for reads it', async (t) => {
  const text =
    '[DEFAULT]\nz=65535\na =\n  81\nb = +82\nc = 8_3\nd =\n\n\t84\ne = 8__5\nf = -86\ng = 8\n  7\n';
  t.strictSame(
    [...portsOf(parse(text), 'DEFAULT')],
    [
      ['z', 65_535],
      ['a', 81],
      ['b', 82],
      ['c', 83],
      ['d', 84],
    ],
  );
  t.strictSame(
    parse(text).odd.map(({ name }) => name),
    ['e', 'f', 'g'],
  );
});

t.test('names that are properties of every object are names like others', async (t) => {
  const text = add(add('', '__proto__', 1), 'constructor', 2);
  t.equal(portOf('', 'constructor'), undefined);
  t.equal(portOf(text, '__proto__'), 1);
  t.equal(portOf(remove(text, '__proto__'), '__proto__'), undefined);
  t.equal(portOf(remove(text, '__proto__'), 'constructor'), 2);
});

t.test('an invalid line is named with its file', async (t) => {
  const cases: [text: string | Buffer, line: number, problem: RegExp][] = [
    ['[DEFAULT]\nfoo = 80\nnonsense\n', 3, /expected "name = port"/],
    ['[DEFAULT]\r\nfoo = 80\r\n\r\nFOO = 81\r\n', 4, /"foo" is defined twice, first on line 2/],
    ['foo = 80\n', 1, /\[DEFAULT\]/],
    ['[x]\na = 1\n[x]\nb = 2\n', 3, /section \[x\] is defined twice/],
    [Buffer.from('[DEFAULT]\nf\xfcr = 80\n', 'latin1'), 2, /not in UTF-8/],
    [Buffer.from('[DEFAULT]\r# f\xfcr\ra = 1\r', 'latin1'), 2, /not in UTF-8/],
    [Buffer.from('[DEFAULT]\r\n# f\xfcr uns\r\na = 1\r\n', 'latin1'), 2, /not in UTF-8: save/],
  ];
  for (const [text, line, problem] of cases) {
    t.throws(() => parse(text), { line, path: '/etc/port-for.conf', message: problem }, JSON.stringify(text));
    t.throws(() => parse(text), ConfigFileError);
  }
});

t.test('a value that is no port is named with its line, and keeps no other name from its port', async (t) => {
  const cases: [text: string, line: number, problem: RegExp][] = [
    ['[DEFAULT]\nfoo = abc\n', 2, /"abc" is not a port/],
    ['[DEFAULT]\nfoo =\n', 2, /"" is not a port/],
    ['[DEFAULT]\nfoo =\n  abc\n', 2, /"abc" is not a port/],
    ['[DEFAULT]\nfoo = 0\n', 2, /"0" is not a port/],
    ['[DEFAULT]\nfoo = 65536\n', 2, /"65536" is not a port/],
    ['[DEFAULT]\nfoo = 80.5\n', 2, /"80.5" is not a port/],
    ['[DEFAULT]\nfoo = 80 ; remark\n', 2, /"80 ; remark" is not a port/],
    ['[DEFAULT]\nfoo = 80\n  bar = 81\n', 3, /the line is indented, so it continues the value of "foo"/],
  ];
  for (const [text, line, problem] of cases) {
    const config = parse(`${text}other = 99\n[/checkout]\nfoo = 7\n`);
    t.match(config.odd, [{ name: 'foo', section: 'DEFAULT', error: { line, message: problem } }], text);
    t.throws(() => checkNoOddity(config, 'DEFAULT', 'foo'), ConfigFileError);
    checkNoOddity(config, 'DEFAULT', 'other');
    checkNoOddity(config, '/checkout', 'foo');
    t.strictSame([...portsOf(config, 'DEFAULT')], [['other', 99]]);
    const edited = addAssociation(config, 'DEFAULT', 'new', 98).toString();
    t.equal(edited, `${text}other = 99\nnew = 98\n[/checkout]\nfoo = 7\n`);
    t.equal(remove(edited, 'other'), `${text}new = 98\n[/checkout]\nfoo = 7\n`);
  }
  t.equal(add('[DEFAULT]\nodd = x\n  y = 2\n'), '[DEFAULT]\nodd = x\n  y = 2\nnew = 99\n');
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

t.test('a byte order mark begins a file, and nothing else', async (t) => {
  t.equal(portOf('\ufeff[DEFAULT]\na = 1\n', 'a'), 1);
  t.strictSame([...portsOf(parse('[DEFAULT]\n\ufeffa = 1\n'), 'DEFAULT')], [['\ufeffa', 1]]);
});

t.test('line ends, byte order mark and indentation are those of the file', async (t) => {
  t.equal(add('[DEFAULT]\r\na = 1\r\n'), '[DEFAULT]\r\na = 1\r\nnew = 99\r\n');
  t.equal(add('[DEFAULT]\r\na = 1'), '[DEFAULT]\r\na = 1\r\nnew = 99\r\n');
  t.equal(add('[DEFAULT]\na = 1\r\n'), '[DEFAULT]\na = 1\r\nnew = 99\r\n', 'of the line above');
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
    const names = [...portsOf(config, 'DEFAULT').keys()];
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

const SECTIONS = ['DEFAULT', '/a b', '/ä%5B%0A', '/A b', 's'];

t.test('edits of any section of any file are what Python sees', { skip: NO_PYTHON }, async (t) => {
  const files = Array.from({ length: 3000 }, () => randomFile(SECTIONS)).filter(isReadable);
  t.ok(files.length > 500, `${files.length} files can be read`);
  const edits = files.map((text) => {
    const config = parse(text);
    const section = SECTIONS[Math.floor(Math.random() * 4)] ?? '';
    const [name] = portsOf(config, section).keys();
    const edit = name === undefined ? 'add' : ['add', 'change', 'remove'][Math.floor(Math.random() * 3)];
    const edited =
      name === undefined || edit === 'add'
        ? addAssociation(config, section, 'new', 99)
        : edit === 'change'
          ? changeAssociation(config, section, name, 99)
          : removeAssociation(config, section, name);
    return { text, section, name, edit, edited: edited.toString() };
  });
  type Seen = [defaults: [string, string][], sections: [string, [string, string][]][]];
  const see = (texts: string[]) => python(READ_DEFAULTS, texts) as Seen[];
  const before = see(files);
  const after = see(edits.map(({ edited }) => edited));
  const wrong = edits.filter(({ section, name, edit }, index) => {
    const [defaults, others] = before[index] ?? [[], []];
    const wanted = new Map(
      [['DEFAULT', defaults], ...others].map(([key, options]) => [key, new Map(options as [])]),
    );
    const options = wanted.get(section) ?? new Map<string, string>();
    wanted.set(section, options);
    if (edit === 'remove') options.delete(name ?? '');
    else options.set(edit === 'add' ? 'new' : (name ?? ''), '99');
    const [seenDefaults, seenOthers] = after[index] ?? [[], []];
    const seen = new Map(
      [['DEFAULT', seenDefaults], ...seenOthers].map(([key, list]) => [key, new Map(list as [])]),
    );
    const show = (map: Map<unknown, Map<unknown, unknown>>) =>
      JSON.stringify(
        [...map]
          .filter(([, list]) => list.size > 0)
          .map(([key, list]) => [key, [...list].sort()])
          .sort(),
      );
    return show(seen) !== show(wanted);
  });
  t.strictSame(wrong.slice(0, 3), []);
});

t.test('the section of a checkout comes with its first name and goes with its last', async (t) => {
  const one = add('[DEFAULT]\na = 1\n', 'web', 2, '/x');
  t.equal(one, '[DEFAULT]\na = 1\n\n[/x]\nweb = 2\n');
  const two = add(add(one, 'db', 3, '/x'), 'web', 4, '/y');
  t.equal(two, '[DEFAULT]\na = 1\n\n[/x]\nweb = 2\ndb = 3\n\n[/y]\nweb = 4\n');
  t.equal(remove(two, 'web', '/y'), '[DEFAULT]\na = 1\n\n[/x]\nweb = 2\ndb = 3\n');
  t.equal(remove(remove(two, 'web', '/x'), 'db', '/x'), '[DEFAULT]\na = 1\n\n[/y]\nweb = 4\n');
  t.equal(remove('[/x]\n# why\nweb = 2\n', 'web', '/x'), '[/x]\n# why\n');
  t.equal(remove('[DEFAULT]\na = 1\n', 'a'), '[DEFAULT]\n');
  const indented = '[DEFAULT]\na = 1\n[/x]\n  web = 2\n [other]\nb = c\n';
  t.equal(
    remove(indented, 'web', '/x'),
    '[DEFAULT]\na = 1\n[/x]\n [other]\nb = c\n',
    'without it the next header would belong to the value above',
  );
});

t.test('sections of checkouts are forgotten whole, and nothing else', async (t) => {
  const text = '[DEFAULT]\na = 1\n\n[/x]\n# why\nweb = 2\n\n[/y]\nweb = 3\n\n[other]\nb = c\n\n[/z]\nq = 4\n';
  const forget = (...sections: string[]) => removeSections(parse(text), new Set(sections)).toString();
  t.equal(forget('/x'), '[DEFAULT]\na = 1\n\n# why\n[/y]\nweb = 3\n\n[other]\nb = c\n\n[/z]\nq = 4\n');
  t.equal(forget('/y', '/z'), '[DEFAULT]\na = 1\n\n[/x]\n# why\nweb = 2\n\n[other]\nb = c\n');
});

t.test('a port changes in its own line', async (t) => {
  const change = (text: string) => changeAssociation(parse(text), 'DEFAULT', 'a', 99).toString();
  t.equal(change('[DEFAULT]\r\n  A: 1\r\n  b = 2\r\n'), '[DEFAULT]\r\n  a = 99\r\n  b = 2\r\n');
  t.equal(change('[DEFAULT]\na =\n # c\n  1\nb = 2'), '[DEFAULT]\na = 99\n # c\nb = 2');
  t.equal(change('[DEFAULT]\na = 1'), '[DEFAULT]\na = 99');
});

function isReadable(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

function randomFile(sections: readonly string[] = []): string {
  const pick = (from: readonly string[]) => from[Math.floor(Math.random() * from.length)] ?? '';
  const lines = Array.from({ length: Math.floor(Math.random() * 8) }, (_, index) => {
    const indent = pick(['', '', '', ' ', '    ']);
    const header = pick(
      sections.length > 0 ? sections.map((name) => `[${name}]`) : ['[DEFAULT]', `[s${index}]`],
    );
    return indent + pick([header, `n${index} = ${index + 1}`, `n${index}:`, '7', '', '# c', '; d']);
  });
  return (
    [pick(['[DEFAULT]', '[DEFAULT]', '[s]', '# e']), ...lines].join(pick(['\n', '\r\n'])) + pick(['', '\n'])
  );
}
