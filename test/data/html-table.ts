import t from 'tap';

t.test('the grid of an HTML table', async (t) => {
  const { DomUtils, parseDocument } = await import('htmlparser2');
  const { tableGrid } = await import('../../data/readers/html-table.mjs');

  function gridOf(rows: string): string[] {
    const [table] = DomUtils.getElementsByTagName('table', parseDocument(`<table>${rows}</table>`));
    if (table === undefined) throw new Error('no table');
    return tableGrid(table).map((row) =>
      Array.from(row, (cell) => (cell ? DomUtils.textContent(cell) : '-')).join(''),
    );
  }

  t.test('has a cell in every column and row that it spans', async (t) => {
    t.strictSame(gridOf('<tr><td colspan=2>a<td>b</tr><tr><td>c<td>d<td>e</tr>'), ['aab', 'cde']);
    t.strictSame(gridOf('<tr><td rowspan=2>a<td>b</tr><tr><td>c</tr>'), ['ab', 'ac']);
    t.strictSame(gridOf('<tr><td>a<td rowspan=2 colspan=2>b<td>c</tr><tr><td>d<td>e</tr>'), ['abbc', 'dbbe']);
    t.strictSame(gridOf('<tr><td rowspan=3>a<td>b</tr><tr><td rowspan=2>c</tr><tr></tr>'), [
      'ab',
      'ac',
      'ac',
    ]);
  });

  t.test('bears spans that say too much, too little or nothing', async (t) => {
    t.strictSame(gridOf('<tr><td rowspan=99>a<td>b</tr><tr><td>c</tr>'), ['ab', 'ac']);
    t.strictSame(gridOf('<tr><td rowspan=0>a<td>b</tr><tr><td>c</tr><tr><td>d</tr>'), ['ab', 'ac', 'ad']);
    t.strictSame(gridOf('<tr><td colspan=0>a<td colspan=x>b<td colspan=-2>c</tr>'), ['abc']);
  });

  t.test('is that of the table alone, in sections or not', async (t) => {
    t.strictSame(
      gridOf(
        '<thead><tr><th>a</thead><tbody><tr><td><table><tr><td>b</table></tbody><tfoot><tr><td>c</tfoot>',
      ),
      ['a', 'b', 'c'],
    );
  });
});
