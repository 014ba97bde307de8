import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import { type PortMap, portMap } from '../../lib/map/port-map';
import { drawMap } from '../../lib/map/terminal';
import { PortSet } from '../../lib/ports/port-set';
import { madeUpMap } from '../support/made-up-map';
import { NO_TABLE } from '../support/no-table';

function sample(): PortMap {
  return {
    ...portMap(),
    used: new PortSet('3000,18500'),
    names: new Map([[20_000, [{ name: 'shop', config: '/etc/port-for.conf' }]]]),
  };
}

t.test('a map fits its screen and grows with it', { skip: NO_TABLE }, (t) => {
  let last = 0;
  for (const [columns, rows] of [
    [40, 20],
    [80, 24],
    [120, 40],
    [200, 60],
    [300, 150],
  ] as const) {
    for (const hasColors of [true, false]) {
      const lines = drawMap(sample(), { columns, rows, hasColors }).map(stripVTControlCharacters);
      t.ok(lines.length < rows, `${lines.length} lines of ${rows}`);
      t.ok(
        lines.every((line) => line.length < columns),
        `${Math.max(...lines.map((line) => line.length))} of ${columns} columns`,
      );
      if (hasColors) {
        const cells = lines.join('').match(/▀/g)?.length ?? 0;
        t.ok(cells >= last);
        last = cells;
      }
    }
  }
  t.end();
});

t.test('without colours characters tell what each cell is', { skip: NO_TABLE }, (t) => {
  const lines = drawMap(sample(), { columns: 80, rows: 24, hasColors: false });
  t.notMatch(lines.join('\n'), '\u001b');
  const at = (port: number) => {
    const line = lines.find((line) => line.startsWith(`${port - (port % 4096)} `.padStart(6))) ?? '';
    return line[6 + Math.floor((port % 4096) / 64)];
  };
  t.equal(at(1), 's');
  t.equal(at(3000), '#');
  t.equal(at(18_500), '#');
  t.equal(at(20_000), '@');
  t.equal(at(16_448), '+');
  const legend = lines.slice(-2).join(' ');
  for (const entry of ['s system 1,023', '# used 2', '@ named 1', /\+ good [\d,]+/]) t.match(legend, entry);
  t.end();
});

t.test('a map fills the screen as far as powers of two go', (t) => {
  for (const [columns, rows, hasColors, title, height] of [
    [40, 17, false, '8,192 a line, 256 a cell', 8],
    [40, 18, true, '4,096 a line, 128 a cell', 8],
    [40, 26, false, '4,096 a line, 128 a cell', 16],
    [70, 24, false, '8,192 a line, 256 a cell', 8],
    [71, 24, true, '4,096 a line, 64 a cell', 8],
    [80, 24, true, '2,048 a line, 32 a cell', 16],
    [262, 40, false, '2,048 a line, 16 a cell', 32],
    [263, 40, false, '2,048 a line, 8 a cell', 32],
    [300, 150, true, '256 a line, 1 a cell', 128],
    [600, 600, false, '256 a line, 1 a cell', 256],
    [10, 5, false, '8,192 a line, 512 a cell', 8],
  ] as const) {
    const lines = drawMap(madeUpMap(), { columns, rows, hasColors });
    t.equal(lines[0], `TCP ports, ${title}`, `${columns} by ${rows}`);
    t.equal(lines.filter((line) => /^[ \d]{5} /.test(line)).length, height);
  }
  t.end();
});

t.test('each cell shows a name, else a use, else the kind that most of its ports have', (t) => {
  t.strictSame(drawMap(madeUpMap(), { columns: 40, rows: 20, hasColors: false }), [
    'TCP ports, 8,192 a line, 256 a cell',
    '    0 ssss....---@--------------------',
    ' 8192 -------+++++++++++++++++++++++++',
    '16384 ++++++++#+++++@+++++++++++++++++',
    '24576 +++++++++++++++++++++...........',
    '32768 ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~',
    '40960 ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~',
    '49152 ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~',
    '57344 ~~~~~~~~~~~~~~r________________@',
    's system 1,023  . assigned 3,744',
    '+ good 20,101  - spare 7,899',
    'r reserved 100  ~ ephemeral 28,232',
    '_ dynamic 4,436  # used 2  @ named 3',
  ]);
  t.end();
});

t.test('with colours a character has one cell above another', (t) => {
  const lines = drawMap(madeUpMap(), { columns: 40, rows: 20, hasColors: true });
  /** Characters of which the upper half has the colour `front`, the lower half `back`. */
  const blocks = (front: number, back: number, count: number) =>
    `\u001b[38;5;${front};48;5;${back}m${'▀'.repeat(count)}`;
  const end = '\u001b[0m';
  t.equal(
    lines[1],
    `    0 ${blocks(60, 65, 8)}${blocks(240, 65, 8)}${blocks(65, 65, 7)}${blocks(201, 65, 1)}${blocks(65, 65, 8)}${end}`,
  );
  t.equal(lines[8], `57344 ${blocks(25, 23, 29)}${blocks(23, 23, 2)}${blocks(23, 201, 1)}${end}`);
  t.equal(lines[9], '\u001b[38;5;60m█\u001b[0m system 1,023  \u001b[38;5;240m█\u001b[0m assigned 3,744');
  t.end();
});

t.test('the legend fills its lines, and goes beyond none', (t) => {
  for (let columns = 20; columns < 160; columns++) {
    const lines = drawMap(madeUpMap(), { columns, rows: 24, hasColors: false }).slice(9);
    const legend = lines.filter((line) => !/^[ \d]{5} /.test(line));
    for (const [index, line] of legend.entries()) {
      const [next = ''] = legend[index + 1]?.split('  ') ?? [];
      if (line.length >= columns) t.fail(`${line.length} of ${columns} columns`);
      if (next !== '' && line.length + 2 + next.length < columns) t.fail(`${next} fits behind ${line}`);
    }
  }
  t.end();
});
