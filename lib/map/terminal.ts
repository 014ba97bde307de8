import { grouped } from '../ports/grouped';
import { kindsByPort, PORT_KINDS, type PortKind, type PortMap } from './port-map';

/** The room that a terminal has. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly hasColors: boolean;
}

/** What a cell shows: of the ports in it a name outweighs a use, a use the kind that most have. */
type Look = PortKind | 'used' | 'named';

/** How each looks: a colour of the 256, and a character where there are none. */
const LOOKS: Readonly<Record<Look, readonly [color: number, character: string]>> = {
  system: [60, 's'],
  assigned: [240, '.'],
  good: [71, '+'],
  spare: [65, '-'],
  reserved: [136, 'r'],
  ephemeral: [25, '~'],
  dynamic: [23, '_'],
  used: [208, '#'],
  named: [201, '@'],
};

const KINDS = Object.keys(PORT_KINDS) as PortKind[];

/** The port that a line begins with, and a blank. */
const LABEL = 6;
/** The title, the legend and the prompt that follows. */
const BESIDE = 6;
const PORTS = 65_536;

/** The map as lines that fit a screen of 40 columns and 16 rows or more; it grows with the screen. */
export function drawMap(map: PortMap, screen: Screen): string[] {
  const width = powerOfTwo(screen.columns - LABEL - 1, 16, 256);
  const linesOfRow = screen.hasColors ? 2 : 1;
  const height = powerOfTwo((screen.rows - BESIDE - legendHeight(screen.columns)) * linesOfRow, 8, 256);
  const cells = look(map, width * height);
  const perRow = PORTS / height;
  const lines: string[] = [];
  for (let row = 0; row < height; row += linesOfRow) {
    const label = `${row * perRow}`.padStart(LABEL - 1);
    const upper = cells.slice(row * width, (row + 1) * width);
    const lower = cells.slice((row + 1) * width, (row + 2) * width);
    lines.push(`${label} ${screen.hasColors ? halfBlocks(upper, lower) : plain(upper)}`);
  }
  const title = `${map.transport.toUpperCase()} ports, ${grouped(perRow)} a line, ${PORTS / cells.length} a cell`;
  return [title, ...lines, ...legend(map, screen)];
}

/** The largest power of two up to `most`. */
function powerOfTwo(room: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, 2 ** Math.floor(Math.log2(Math.max(1, room)))));
}

function look(map: PortMap, count: number): Look[] {
  const byPort = kindsByPort(map);
  const size = PORTS / count;
  const votes = new Uint16Array(count * KINDS.length);
  for (let port = 0; port < PORTS; port++) {
    const ballot = Math.floor(port / size) * KINDS.length + (byPort[port] ?? 0);
    votes[ballot] = (votes[ballot] ?? 0) + 1;
  }
  const looks = Array.from({ length: count }, (_, cell): Look => {
    const ballots = votes.subarray(cell * KINDS.length, (cell + 1) * KINDS.length);
    return KINDS[ballots.indexOf(Math.max(...ballots))] ?? 'system';
  });
  for (const port of map.used) looks[Math.floor(port / size)] = 'used';
  for (const port of map.names.keys()) looks[Math.floor(port / size)] = 'named';
  return looks;
}

/** Two rows of cells in one line: the upper half of a character has its colour, the lower half that behind it. */
function halfBlocks(upper: readonly Look[], lower: readonly Look[]): string {
  let line = '';
  let last = '';
  for (const [index, above] of upper.entries()) {
    const [front] = LOOKS[above];
    const [back] = LOOKS[lower[index] ?? above];
    const style = `\u001b[38;5;${front};48;5;${back}m`;
    line += style === last ? '▀' : `${style}▀`;
    last = style;
  }
  return `${line}\u001b[0m`;
}

function plain(cells: readonly Look[]): string {
  return cells.map((cell) => LOOKS[cell][1]).join('');
}

const GAP = 2;

function legend(map: PortMap, { columns, hasColors }: Screen): string[] {
  const counts: (readonly [Look, number])[] = [
    ...KINDS.map((kind) => [kind, map.kinds[kind].size] as const),
    ['used', map.used.size],
    ['named', map.names.size],
  ];
  const entries = counts.map(([name, count]) => {
    const [color, character] = LOOKS[name];
    const sign = hasColors ? `\u001b[38;5;${color}m█\u001b[0m` : character;
    const text = `${name} ${grouped(count)}`;
    return { text: `${sign} ${text}`, length: text.length + 2 };
  });
  const lines = [''];
  let length = 0;
  for (const entry of entries) {
    const isFirst = length === 0;
    if (!isFirst && length + GAP + entry.length >= columns) {
      lines.push('');
      length = 0;
    }
    const blanks = length === 0 ? '' : ' '.repeat(GAP);
    lines[lines.length - 1] += blanks + entry.text;
    length += blanks.length + entry.length;
  }
  return lines;
}

/** How many lines a legend takes at the most. */
function legendHeight(columns: number): number {
  return Math.ceil(150 / Math.max(20, columns - 1));
}
