import { grouped } from '../ports/grouped';
import { kindsByPort, PORT_KINDS, type PortKind, type PortMap } from './port-map';

/** The side of the grid: a row of 256 ports, 256 rows. */
const SIDE = 256;
/** Pixels of one port. */
const SCALE = 3;
const LEFT = 56;
const TOP = 44;

/** Each kind in a light and in a dark picture; used and named are drawn above. */
const COLORS: Readonly<Record<PortKind | 'used' | 'named', readonly [light: string, dark: string]>> = {
  system: ['#8d8fc7', '#5c5f9e'],
  assigned: ['#c9ccd1', '#3d434c'],
  good: ['#4caf6d', '#3f9d5f'],
  spare: ['#bfe3c8', '#2c5238'],
  reserved: ['#d9a441', '#a87a26'],
  ephemeral: ['#9cc3ea', '#27527f'],
  dynamic: ['#cfe6f2', '#1c3d4d'],
  used: ['#d6430b', '#ff9350'],
  named: ['#b3129d', '#ff6fe8'],
};

const KINDS = Object.keys(PORT_KINDS) as PortKind[];

/** The map as an SVG picture of its own, in light or dark as its reader prefers, with a title and a description. */
export function mapToSvg(map: PortMap): string {
  const { transport, used, names } = map;
  const size = SIDE * SCALE;
  const width = LEFT + size + 16;
  const legendTop = TOP + size + 28;
  const legend = legendOf(map);
  const rows = Math.ceil(legend.length / LEGEND_COLUMNS);
  const height = legendTop + rows * 22 + 6;
  const shapes = KINDS.map((kind, index) => `<path class="${kind}" d="${runsOf(kindsByPort(map), index)}"/>`);
  const axis = Array.from({ length: 17 }, (_, step) => {
    const y = TOP + step * 16 * SCALE + 4;
    return `<text class="label" x="${LEFT - 8}" y="${y}" text-anchor="end">${Math.min(step * 4096, 65_535)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">The 65,536 ${transport.toUpperCase()} ports of a machine</title>
<desc id="description">Rows of 256 ports, port 0 at the top left. ${legend.map(([name, count]) => `${name}: ${count}`).join(', ')}.</desc>
<style>
svg { background: #fff; color: #24292f; font: 13px system-ui, sans-serif }
.heading { font-size: 17px; font-weight: 600 }
.label, .heading { fill: currentColor }
${styles(0)}
@media (prefers-color-scheme: dark) {
svg { background: #0d1117; color: #e6edf3 }
${styles(1)}
}
</style>
<text class="heading" x="${LEFT}" y="28">The 65,536 ${transport.toUpperCase()} ports, 256 a row</text>
${axis.join('\n')}
<g transform="translate(${LEFT} ${TOP}) scale(${SCALE})" shape-rendering="crispEdges">
${shapes.join('\n')}
</g>
<g transform="translate(${LEFT} ${TOP}) scale(${SCALE})">
<path class="used" d="${[...used].map(dot).join('')}"/>
<path class="named" d="${[...names.keys()].map(diamond).join('')}"/>
</g>
${legend.map((entry, index) => legendEntry(entry, index, legendTop)).join('\n')}
</svg>
`;
}

function styles(scheme: 0 | 1): string {
  return Object.entries(COLORS)
    .map(([name, colors]) => `.${name} { fill: ${colors[scheme]} }`)
    .join('\n');
}

/** The runs of one kind as rectangles in one path; runs that fill whole rows are one rectangle. */
function runsOf(byPort: Uint8Array, kind: number): string {
  let path = '';
  for (let port = 0; port < byPort.length; ) {
    if (byPort[port] !== kind) {
      port++;
      continue;
    }
    const row = Math.floor(port / SIDE);
    const column = port % SIDE;
    let end = port;
    while (end < (row + 1) * SIDE && byPort[end] === kind) end++;
    let height = 1;
    if (column === 0 && end === (row + 1) * SIDE) {
      while (end < byPort.length && byPort.subarray(end, end + SIDE).every((other) => other === kind)) {
        end += SIDE;
        height++;
      }
    }
    const width = height > 1 ? SIDE : end - port;
    path += `M${column} ${row}h${width}v${height}h-${width}z`;
    port = end;
  }
  return path;
}

/** Marks are larger than a port, and differ by shape too. */
function dot(port: number): string {
  return `M${(port % SIDE) - 0.6} ${Math.floor(port / SIDE) + 0.5}a1.1 1.1 0 1 0 2.2 0a1.1 1.1 0 1 0-2.2 0z`;
}

function diamond(port: number): string {
  return `M${(port % SIDE) + 0.5} ${Math.floor(port / SIDE) - 1.3}l1.8 1.8l-1.8 1.8l-1.8-1.8z`;
}

type Entry = readonly [name: PortKind | 'used' | 'named', count: number];

const LEGEND_COLUMNS = 5;

function legendOf({ kinds, used, names }: PortMap): Entry[] {
  return [
    ...KINDS.map((kind): Entry => [kind, kinds[kind].size]),
    ['used', used.size],
    ['named', names.size],
  ];
}

function legendEntry([name, count]: Entry, index: number, top: number): string {
  const x = LEFT + (index % LEGEND_COLUMNS) * 150;
  const y = top + Math.floor(index / LEGEND_COLUMNS) * 22;
  const sign =
    name === 'used'
      ? `<circle class="used" cx="${x + 6}" cy="${y}" r="5"/>`
      : name === 'named'
        ? `<path class="named" d="M${x + 6} ${y - 7}l7 7l-7 7l-7-7z"/>`
        : `<rect class="${name}" x="${x}" y="${y - 6}" width="12" height="12"/>`;
  return `${sign}<text class="label" x="${x + 20}" y="${y + 4}">${name} ${grouped(count)}</text>`;
}
