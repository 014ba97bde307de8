import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { portFor } from '../support/command';
import { NO_TABLE } from '../support/no-table';

t.test(
  '--map draws on the terminal, by characters where there are no colours',
  { skip: NO_TABLE },
  async (t) => {
    const plain = await portFor(['--map'], { COLUMNS: '80', LINES: '24', FORCE_COLOR: '0' });
    t.strictSame({ code: plain.code, stderr: plain.stderr }, { code: 0, stderr: '' });
    t.match(plain.stdout, /^TCP ports, 4,096 a line, 64 a cell\n {4}0 s{16}/);
    t.notMatch(plain.stdout, '\u001b');
    const colored = await portFor(['--map', '--udp'], { FORCE_COLOR: '1' });
    t.match(colored.stdout, /^UDP ports/);
    t.match(colored.stdout, '\u001b[38;5;');
  },
);

t.test('--map writes a page and a picture', { skip: NO_TABLE }, async (t) => {
  const folder = t.testdir();
  const [html, svg] = [join(folder, 'map.html'), join(folder, 'map.svg')];
  t.match(await portFor(['--map', '--html', html, '--svg', svg]), { code: 0, stdout: '', stderr: '' });
  t.match(readFileSync(html, 'utf8'), /<script type="application\/json" id="data">\{"host":/);
  t.match(readFileSync(svg, 'utf8'), /^<svg /);
  t.match((await portFor(['--map', '--svg', '-'])).stdout, /^<svg [\s\S]*<\/svg>\n$/);
  const failed = await portFor(['--map', '--html', join(folder, 'none', 'x.html')]);
  t.match(await portFor(['--map', '--html', '-', '--svg', '-']), {
    code: 2,
    stdout: '',
    stderr: /only one of/,
  });
  t.equal(failed.code, 1);
  t.match(failed.stderr, /the map cannot be written: ENOENT/);
});
