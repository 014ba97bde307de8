import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import { type PortMap, portMap } from '../../lib/map/port-map';
import { drawMap } from '../../lib/map/terminal';
import { PortSet } from '../../lib/ports/port-set';
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
