import { parseDocument } from 'htmlparser2';
import t from 'tap';
import { portMap } from '../../lib/map/port-map';
import { mapToSvg } from '../../lib/map/svg';
import { PortSet } from '../../lib/ports/port-set';
import { NO_TABLE } from '../support/no-table';

t.test('the picture draws each port once, and the marks above', { skip: NO_TABLE }, (t) => {
  const map = { ...portMap(), used: new PortSet('3000'), names: new Map([[4000, []]]) };
  const svg = mapToSvg(map);
  t.ok(parseDocument(svg, { xmlMode: true }).children.length > 0);
  let area = 0;
  for (const [, width, height] of svg.matchAll(/M\d+ \d+h(\d+)v(\d+)h-\d+z/g))
    area += Number(width) * Number(height);
  t.equal(area, 65_536);
  t.match(svg, /<title id="title">.*TCP ports/);
  t.match(svg, /class="used" d="M183\.4 11\.5a/);
  t.match(svg, /prefers-color-scheme: dark/);
  t.ok(svg.length < 100_000, `${svg.length} bytes`);
  t.end();
});
