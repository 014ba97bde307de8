import { parseDocument } from 'htmlparser2';
import t from 'tap';
import { kindsByPort, PORT_KINDS, portMap } from '../../lib/map/port-map';
import { mapToSvg } from '../../lib/map/svg';
import { PortSet } from '../../lib/ports/port-set';
import { madeUpMap } from '../support/made-up-map';
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

/** The numbers in each match. */
function numbersIn(text: string, pattern: RegExp): number[][] {
  return [...text.matchAll(pattern)].map(([, ...numbers]) => numbers.map(Number));
}

/** What `class="NAME"` draws by its path. */
function pathOf(svg: string, name: string): string {
  return svg.match(new RegExp(`class="${name}" d="([^"]*)"`))?.[1] ?? '';
}

t.test('each port has the colour of its kind at its place', (t) => {
  const map = madeUpMap();
  const svg = mapToSvg(map);
  const drawn = new Uint8Array(65_536).fill(255);
  for (const [index, kind] of Object.keys(PORT_KINDS).entries()) {
    const path = pathOf(svg, kind);
    t.notMatch(path, /M0 (\d+)h256v1h-256z.*M0 \1h256/, 'rows that are one are drawn as one');
    for (const [x = 0, y = 0, width = 0, height = 0] of numbersIn(path, /M(\d+) (\d+)h(\d+)v(\d+)h-\3z/g)) {
      for (let row = y; row < y + height; row++) drawn.fill(index, row * 256 + x, row * 256 + x + width);
    }
  }
  t.strictSame(drawn, kindsByPort(map));
  t.match(svg, '<path class="good" d="M208 7h48v1h-48zM0 8h53v1h-53zM16 39h240v1h-240zM0 40h256v77h-256zM');
  // The marks begin left of and above the middle of their port.
  t.strictSame(
    numbersIn(pathOf(svg, 'used'), /M([\d.]+) ([\d.]+)a/g).map(([x = 0, y = 0]) => [x + 0.6, y - 0.5]),
    [3000, 18_500].map((port) => [port % 256, Math.floor(port / 256)]),
  );
  t.strictSame(
    numbersIn(pathOf(svg, 'named'), /M([\d.]+) ([\d.]+)l/g).map(([x = 0, y = 0]) => [
      x - 0.5,
      Math.round(y + 1.3),
    ]),
    [3000, 20_000, 65_535].map((port) => [port % 256, Math.floor(port / 256)]),
  );
  t.end();
});

t.test('the axis and the legend say what is where', (t) => {
  const svg = mapToSvg({ ...madeUpMap(), transport: 'udp' });
  t.match(svg, 'The 65,536 UDP ports of a machine');
  t.match(svg, '>The 65,536 UDP ports, 256 a row<');
  t.match(svg, 'system: 1023, assigned: 3744, good: 20101, spare: 7899, reserved: 100, ephemeral: 28232');
  t.match(svg, 'dynamic: 4436, used: 2, named: 3.');
  // A row is 3 pixels high, below a heading of 44.
  const axis = numbersIn(svg, /x="48" y="(\d+)" text-anchor="end">(\d+)</g);
  t.strictSame(
    axis,
    Array.from({ length: 17 }, (_, step) => [44 + 48 * step + 4, Math.min(4096 * step, 65_535)]),
  );
  const [[width = 0, height = 0] = []] = numbersIn(svg, /viewBox="0 0 (\d+) (\d+)"/g);
  const entries = [...svg.matchAll(/class="(\w+)"[^>]*\/><text class="label" x="(\d+)" y="(\d+)">([^<]*)</g)];
  t.strictSame(
    entries.map(([, name, , , text]) => [name, text]),
    [
      ['system', 'system 1,023'],
      ['assigned', 'assigned 3,744'],
      ['good', 'good 20,101'],
      ['spare', 'spare 7,899'],
      ['reserved', 'reserved 100'],
      ['ephemeral', 'ephemeral 28,232'],
      ['dynamic', 'dynamic 4,436'],
      ['used', 'used 2'],
      ['named', 'named 3'],
    ],
  );
  t.equal(new Set(entries.map(([, , x, y]) => `${x} ${y}`)).size, 9, 'no two at one place');
  t.ok(entries.every(([, , x, y]) => Number(x) + 100 <= width && Number(y) + 12 < height));
  t.match(svg, /<circle class="used"/);
  t.match(svg, /<path class="named" d="M\d+ \d+l7 7l-7 7l-7-7z"/);
  const [light = '', dark = ''] = svg.split('prefers-color-scheme: dark');
  const colorsOf = (text: string) =>
    [...text.matchAll(/\.(\w+) \{ fill: (#\w{6}) \}/g)].map(([, , color]) => color);
  t.equal(new Set(colorsOf(light)).size, 9);
  t.equal(new Set([...colorsOf(light), ...colorsOf(dark)]).size, 18);
  t.end();
});
