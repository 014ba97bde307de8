import t from 'tap';
import { IniSyntaxError, parseIni } from '../../lib/store/ini';
import { NO_PYTHON, python } from '../support/python';

/** What configparser makes of each text: the options of each section, or null where it refuses. */
const READ_EACH = `
import configparser, io, json, sys
def read(text):
    parser = configparser.ConfigParser()
    try:
        parser.read_file(io.StringIO(text, newline=None))
    except configparser.Error:
        return None
    sections = [('DEFAULT', parser.defaults())] + [(name, parser._sections[name]) for name in parser.sections()]
    return [[name, list(options.items())] for name, options in sections]
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`;

type Sections = [section: string, options: [name: string, value: string][]][];

function read(text: string): Sections | null {
  const sections = new Map<string, [string, string][]>([['DEFAULT', []]]);
  try {
    for (const item of parseIni(text.split(/\r\n|\r|\n/))) {
      if (!sections.has(item.section)) sections.set(item.section, []);
      if ('name' in item) sections.get(item.section)?.push([item.name, item.value]);
    }
    return [...sections];
  } catch (error) {
    if (error instanceof IniSyntaxError) return null;
    throw error;
  }
}

/** Blank lines within a value and at its beginning are kept by Python and of no account here. */
function normalise(sections: Sections | null): Sections | null {
  const joinLines = (value: string) =>
    value
      .split(/\s*\n\s*/)
      .filter(Boolean)
      .join('\n');
  return (
    sections?.map(([section, options]) => [
      section,
      options.map(([name, value]) => [name, joinLines(value)]),
    ]) ?? null
  );
}

const TEXTS = [
  '',
  '\n\n',
  '# nothing\n; else\n',
  '[DEFAULT]',
  '[DEFAULT]\nfoo = 80\nbar: 81\nbaz=82\n qux = 83',
  '[DEFAULT]\nFoo = 80\nfOO = 81\n',
  '[DEFAULT]\na = 1\n[DEFAULT]\nb = 2\n',
  '[DEFAULT]\na = 1\n[DEFAULT]\na = 2\n',
  '[x]\na = 1\n[x]\nb = 2\n',
  '[x]\na = 1\n[y]\na = 2\n',
  'a = 1\n[DEFAULT]\n',
  '[DEFAULT]\nnonsense\n',
  '[DEFAULT]\n= 80\n',
  '[DEFAULT]\n[]\n',
  '[DEFAULT]\n[a]b] = 1\n',
  '[DEFAULT]\n[a = 1\n',
  '[DEFAULT] trailing\na = 1\n',
  '  [DEFAULT]\n    a = 1\n  b = 2\nc = 3\n',
  '[DEFAULT]\na =\n  80\n\n# remark\n  81\n',
  '[DEFAULT]\na = 1\n  [x]\nb = 2\n',
  '[DEFAULT]\r\na = 1\r\n  b = 2\r\n\r\n[x]\r\ny = z\r\n',
  '[DEFAULT]\ra = 1\rb = 2\r',
  '[DEFAULT]\nrem = 1\n__proto__ = 2\nconstructor = 3\n100% = 4\n',
  '[DEFAULT]\n\u00a0a\u2003 = \u00a01\nÄÖ ΑΣ İ = 2\n\u001ca = 3\n',
  '[DEFAULT]\na\u2028b = 1\n\ufeffc = 2\n',
  '[DEFAULT]\n[a\u2028b]\nc = 1\n',
  '[DEFAULT]\n\u001da\u001f = \u001e1\u001c\n',
  '[x=DEFAULT]\n[DEFAULT]\n[x = 5\n',
];

t.test('a file means what it means to Python', { skip: NO_PYTHON }, async (t) => {
  const expected = python(READ_EACH, TEXTS) as (Sections | null)[];
  for (const [index, text] of TEXTS.entries()) {
    t.strictSame(normalise(read(text)), normalise(expected[index] ?? null), `text ${index}`);
  }
});

t.test('chance texts mean what they mean to Python', { skip: NO_PYTHON }, async (t) => {
  const texts = Array.from({ length: 5000 }, () => randomText(1 + Math.floor(Math.random() * 8)));
  const expected = python(READ_EACH, texts) as (Sections | null)[];
  const different = texts.filter(
    (text, index) =>
      JSON.stringify(normalise(read(text))) !== JSON.stringify(normalise(expected[index] ?? null)),
  );
  t.strictSame(different, []);
});

t.test('an option knows its lines, and how far it is indented', async (t) => {
  const lines = ['# c', '  [DEFAULT]', '  a =', '', '    1', ' b: 2', '\tc = 3', '\t\t4', '[x]'];
  t.strictSame(parseIni(lines), [
    { section: 'DEFAULT', indent: '  ', line: 1 },
    { name: 'a', section: 'DEFAULT', value: '1', indent: '  ', lines: [2, 4] },
    { name: 'b', section: 'DEFAULT', value: '2', indent: ' ', lines: [5] },
    { name: 'c', section: 'DEFAULT', value: '3\n4', indent: '\t', lines: [6, 7] },
    { section: 'x', indent: '', line: 8 },
  ]);
});

t.test('an error names the line', async (t) => {
  const lineOf = (text: string) => {
    try {
      parseIni(text.split('\n'));
    } catch (error) {
      return (error as IniSyntaxError).line;
    }
    return undefined;
  };
  t.equal(lineOf('\na = 1'), 1);
  t.equal(lineOf('[DEFAULT]\na = 1\nb'), 2);
  t.equal(lineOf('[DEFAULT]\n\na = 1\n#\nA: 2'), 4);
  t.equal(lineOf('[x]\n[y]\n[x]'), 2);
});

function randomText(lineCount: number): string {
  const lines = [
    '[DEFAULT]',
    '  [DEFAULT]',
    '[x]',
    ' [y]',
    'a = 1',
    ' a = 1',
    '  b: 2',
    'b =',
    '    3',
    '',
    '  ',
  ];
  const more = [
    '# c',
    ' ; d',
    'C=4',
    '\te = 5',
    'nonsense',
    '= 6',
    '[',
    '[]',
    'f = g = h',
    '\u00a0i = 7',
    'é = 8',
  ];
  const pool = [...lines, ...lines, ...more];
  const begin = Math.random() < 0.8 ? ['[DEFAULT]'] : [];
  const rest = Array.from({ length: lineCount }, () => pool[Math.floor(Math.random() * pool.length)] ?? '');
  return [...begin, ...rest].join(Math.random() < 0.2 ? '\r\n' : '\n');
}
