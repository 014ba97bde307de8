import { parse } from 'dotenv';
import t from 'tap';
import { mergeVariables } from '../../lib/cli/env-text';

const WEB = new Map([['WEB_PORT', '29952']]);
const merge = (text: string, variables: ReadonlyMap<string, string> = WEB) => mergeVariables(text, variables);

t.test('a variable that is there changes in place, with all that is about it', async (t) => {
  for (const [before, after] of [
    ['WEB_PORT=1', 'WEB_PORT=29952'],
    ['A=1\nWEB_PORT=1\nB=2\n', 'A=1\nWEB_PORT=29952\nB=2\n'],
    ['A=1\r\nWEB_PORT=1\r\nB=2\r\n', 'A=1\r\nWEB_PORT=29952\r\nB=2\r\n'],
    ['WEB_PORT=1 # ours', 'WEB_PORT=29952 # ours'],
    ['WEB_PORT=1#2 # ours\n', 'WEB_PORT=29952 # ours\n'],
    ["WEB_PORT='1' # ours\n", "WEB_PORT='29952' # ours\n"],
    ['WEB_PORT="1"\n', 'WEB_PORT="29952"\n'],
    ['WEB_PORT=`1`\n', 'WEB_PORT=`29952`\n'],
    ['WEB_PORT="1\n2"\nA=1\n', 'WEB_PORT="29952"\nA=1\n'],
    ['WEB_PORT="1\n', 'WEB_PORT=29952\n'],
    ['WEB_PORT="1"2\n', 'WEB_PORT=29952\n'],
    ['  export  WEB_PORT=1', '  export  WEB_PORT=29952'],
    ['WEB_PORT = 1  \n', 'WEB_PORT = 29952  \n'],
    ['WEB_PORT: 1\n', 'WEB_PORT: 29952\n'],
    ['WEB_PORT=\n', 'WEB_PORT=29952\n'],
    ['WEB_PORT=', 'WEB_PORT=29952'],
    ['WEB_PORT=1\nWEB_PORT=2\n', 'WEB_PORT=29952\nWEB_PORT=29952\n'],
    ['\xef\xbb\xbfWEB_PORT=1\n', '\xef\xbb\xbfWEB_PORT=29952\n'],
    [`WEB_PORT=$\{OTHER:-1}\n`, 'WEB_PORT=29952\n'],
    ['WEB_PORT=1\rA=2\r', 'WEB_PORT=29952\rA=2\r'],
  ] as const) {
    t.equal(merge(before), after, JSON.stringify(before));
  }
});

t.test('a variable that is missing comes below the last line', async (t) => {
  for (const [before, after] of [
    ['', 'WEB_PORT=29952\n'],
    ['A=1\n', 'A=1\nWEB_PORT=29952\n'],
    ['A=1', 'A=1\nWEB_PORT=29952\n'],
    ['A=1\r\nB=2', 'A=1\r\nB=2\r\nWEB_PORT=29952\r\n'],
    ['#WEB_PORT=1\n', '#WEB_PORT=1\nWEB_PORT=29952\n'],
    ['MY_WEB_PORT=1\nWEB_PORTS=2\nweb_port=3\n', 'MY_WEB_PORT=1\nWEB_PORTS=2\nweb_port=3\nWEB_PORT=29952\n'],
    ['A="\nWEB_PORT=1\n"\n', 'A="\nWEB_PORT=1\n"\nWEB_PORT=29952\n'],
    ["A='\nWEB_PORT=1\n'\n", "A='\nWEB_PORT=1\n'\nWEB_PORT=29952\n"],
    ['export WEB_PORT\n', 'export WEB_PORT\nWEB_PORT=29952\n'],
    ['\xef\xbb\xbf', '\xef\xbb\xbfWEB_PORT=29952\n'],
    ['\n\n', '\n\nWEB_PORT=29952\n'],
  ] as const) {
    t.equal(merge(before), after, JSON.stringify(before));
  }
});

t.test('several variables at once', async (t) => {
  const variables = new Map([
    ['WEB_PORT', '1'],
    ['DB_PORT', '2'],
    ['API_PORT', '3'],
  ]);
  t.equal(merge('DB_PORT=9\nX=1\n', variables), 'DB_PORT=2\nX=1\nWEB_PORT=1\nAPI_PORT=3\n');
});

/** Pieces of which awkward files are made, as people and tools write them. */
const ENTRIES = [
  'A=1',
  'export B=2',
  'C="two words"',
  "D='single # no comment'",
  'E="line\nbreak"',
  "F='multi\nWEB_PORT=7\nline'",
  'G=value # a comment',
  'H=a#b',
  '# WEB_PORT=1',
  '#comment',
  '',
  '   ',
  'I = spaced ',
  'J: yaml',
  'K="escaped \\" quote"',
  'L=`back\ntick`',
  'M=',
  'N=""',
  'not an assignment',
  'O=$A',
  'P="x" # behind',
  'Q.R-S=dotted',
  'WEB_PORT=3000',
  'export WEB_PORT="3000" # web',
  "WEB_PORT='3000'",
  'WEB_PORT = 3000',
  'DB_PORT=5432 # db',
  'T=f\xfcr', // Latin-1
];

const BYTE_ORDER_MARK = '\xef\xbb\xbf';

/** A small generator, so that a failure can be seen again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32;
  };
}

t.test(
  'a hundred awkward files: a second run changes nothing, dotenv reads ours, other lines stay',
  async (t) => {
    const variables = new Map([
      ['WEB_PORT', '29952'],
      ['DB_PORT', '24317'],
    ]);
    for (let seed = 1; seed <= 100; seed++) {
      const next = random(seed);
      const pick = (from: readonly string[]) => from[Math.floor(next() * from.length)] ?? '';
      const eol = pick(['\n', '\n', '\r\n']);
      const entries = Array.from({ length: Math.floor(next() * 14) }, () =>
        pick(ENTRIES).replaceAll('\n', eol),
      );
      const text = pick(['', '', '\xef\xbb\xbf']) + entries.join(eol) + pick(['', eol, eol + eol]);
      const merged = merge(text, variables);
      const name = `seed ${seed} ${JSON.stringify(text)}`;
      if (merge(merged, variables) !== merged) t.fail(`a second run changes ${name}`);
      const others = (file: string) =>
        file
          .replace(BYTE_ORDER_MARK, '')
          .split(/\r\n|\n/)
          .filter(
            (line) => !/^(?:\xef\xbb\xbf)?\s*(?:export )?(?:WEB|DB)_PORT ?=/.test(line) || /=7$/.test(line),
          )
          .filter((line, index, all) => line !== '' || index < all.length - 1);
      const kept = others(merged);
      if (!others(text).every((line, index) => line === kept[index])) t.fail(`other lines change of ${name}`);
      const before = parse(Buffer.from(text, 'latin1'));
      const after = parse(Buffer.from(merged, 'latin1'));
      t.strictSame(after, { ...before, WEB_PORT: '29952', DB_PORT: '24317' }, name);
    }
  },
);

t.test('a value ends where its quotes do, whatever is escaped in them', (t) => {
  for (const [line, changed] of [
    ["A='it\\'s' # c\n", "A='1' # c\n"],
    ['A="a \\" b" # c\n', 'A="1" # c\n'],
    ['A=`a \\` b` # c\n', 'A=`1` # c\n'],
    ['A="a\\\nb" # c\nB=2\n', 'A="1" # c\nB=2\n'],
    ['A=x\r\nB=2\r\n', 'A=1\r\nB=2\r\n'],
    ['A: x\n', 'A: 1\n'],
    ['A:x\n', 'A:x\nA=1\n'],
  ] as const)
    t.equal(mergeVariables(line, new Map([['A', '1']])), changed, JSON.stringify(line));
  t.equal(mergeVariables('a.b-c=x\n', new Map([['a.b-c', '1']])), 'a.b-c=1\n');
  t.end();
});
