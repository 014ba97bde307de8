import { columns } from './columns';
import type { UsedPort } from './used-port';

/** The room and the means of an output. */
export interface TableStyle {
  readonly columns: number;
  readonly hasColors: boolean;
}

type Column = 'PORT' | 'ADDRESS' | 'NAME' | 'SERVICE' | 'PROCESS';

/** Which columns a narrow screen can do without, the first one first. */
const LESS_NEEDED: readonly Column[] = ['SERVICE', 'ADDRESS', 'NAME'];

/** Used ports as lines that fit the screen; `marks` stand before them, as for what is new. */
export function usedPortsTable(
  used: readonly UsedPort[],
  style: TableStyle,
  marks?: ReadonlyMap<UsedPort, string>,
): string[] {
  const all: Column[] = ['PORT', 'ADDRESS', 'NAME', 'SERVICE', 'PROCESS'];
  const hasNames = used.some(({ names }) => names.length > 0);
  let shown = hasNames ? all : all.filter((column) => column !== 'NAME');
  const draw = (names: readonly Column[]) =>
    columns([names, ...used.map((port) => names.map((name) => cell(port, name)))]);
  const isTooWide = (lines: readonly string[]) => lines.some((line) => line.length >= style.columns);
  for (const dropped of LESS_NEEDED) {
    if (isTooWide(draw(shown))) shown = shown.filter((column) => column !== dropped);
  }
  const room = style.columns - (marks === undefined ? 1 : 3);
  return draw(shown).map((line, index) => {
    const mark =
      marks === undefined ? '' : `${(used[index - 1] && marks.get(used[index - 1] as UsedPort)) ?? ' '} `;
    return mark + (style.hasColors ? paint(cut(line, room), index === 0) : cut(line, room));
  });
}

function cut(line: string, room: number): string {
  return line.length > room ? `${line.slice(0, room - 1)}…` : line;
}

function cell({ port, transport, addresses, names, service, owners }: UsedPort, column: Column): string {
  switch (column) {
    case 'PORT':
      return `${port}/${transport}`;
    case 'ADDRESS':
      return addresses.join(', ');
    case 'NAME':
      return names.join(', ');
    case 'SERVICE':
      return service;
    case 'PROCESS':
      return owners.map(({ pid, name }) => `${name} (${pid})`).join(', ');
  }
}

/** The heading is bold, the port, which stands first, coloured. */
function paint(line: string, isHeading: boolean): string {
  if (isHeading) return `\u001b[1m${line}\u001b[0m`;
  const [port = ''] = /^\S+/.exec(line) ?? [];
  return `\u001b[36m${port}\u001b[0m${line.slice(port.length)}`;
}
