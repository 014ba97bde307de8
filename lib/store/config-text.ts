import { isUtf8 } from 'node:buffer';
import { show } from '../arguments/invalid-argument';
import { MAX_PORT } from '../ports/port';
import { isCheckoutSection } from './checkout';
import { ConfigFileError } from './errors';
import { DEFAULT_SECTION, type IniHeader, type IniOption, IniSyntaxError, parseIni } from './ini';

/** A config file taken apart: its associations, and its lines for putting it together again. */
export interface ConfigText {
  /** The port of each name of each of our sections, in the order of the file. */
  readonly sections: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly items: readonly (IniHeader | IniOption)[];
  /** Every line with its end; a character stands for one byte, so that bytes of any encoding come back. */
  readonly rawLines: readonly string[];
}

/**
 * Reads the bytes of a config file. Comments, sections that are not ours and a byte order mark are allowed and kept;
 * ours are `DEFAULT` and those of checkouts. Throws a {@link ConfigFileError} with `path` and line where Python's
 * ConfigParser would not read the file, where something in a section of ours is no port, or where a name is not UTF-8.
 */
export function parseConfig(content: Buffer, path: string): ConfigText {
  const rawLines = content.toString('latin1').match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
  const items = locateErrors(path, () => {
    const items = parseIni(rawLines.map(decodeLine));
    for (const option of items.filter(isAssociation)) checkAssociation(option, rawLines);
    return items;
  });
  const sections = new Map<string, Map<string, number>>([[DEFAULT_SECTION, new Map()]]);
  for (const item of items) {
    if (!isOurs(item)) continue;
    const ports = sections.get(item.section) ?? new Map<string, number>();
    sections.set(item.section, ports);
    if ('name' in item) ports.set(item.name, Number(item.value));
  }
  return { sections, items, rawLines };
}

/** The names of one section and their ports; none if there is no such section. */
export function portsOf({ sections }: ConfigText, section: string): ReadonlyMap<string, number> {
  return sections.get(section) ?? new Map();
}

/** The bytes of the file with one more association, below the others of its section; all else stays as it is. */
export function addAssociation(config: ConfigText, section: string, name: string, port: number): Buffer {
  const lines = [...config.rawLines];
  const { index, indent } = placeForMore(config, section);
  const eol = endOf(lines[index - 1]) || endOf(lines[0]) || '\n';
  const above = lines[index - 1];
  if (above !== undefined && endOf(above) === '') lines[index - 1] = above + eol;

  const added = [];
  if (!config.items.some((item) => item.section === section)) {
    if (config.items.length > 0) added.push(eol);
    added.push(`[${section}]${eol}`);
  }
  added.push(`${indent}${name} = ${port}${eol}`);
  lines.splice(index, 0, ...added.map(toBytes));
  return join(lines);
}

/** The bytes of the file with another port for a name that is there; all else stays as it is. */
export function changeAssociation(config: ConfigText, section: string, name: string, port: number): Buffer {
  const { lines: [first = 0, ...rest] = [], indent = '' } = findAssociation(config, section, name) ?? {};
  const lines = [...config.rawLines];
  lines[first] = toBytes(`${indent}${name} = ${port}${endOf(lines[first])}`);
  return join(lines.filter((_, index) => !rest.includes(index)));
}

/** The bytes of the file without the lines of `name`, and without the header of a checkout that has no other line. */
export function removeAssociation(config: ConfigText, section: string, name: string): Buffer {
  const dropped = new Set(findAssociation(config, section, name)?.lines);
  const header = config.items.find((item): item is IniHeader => item.section === section && 'line' in item);
  if (section !== DEFAULT_SECTION && header !== undefined) {
    const others = linesBelow(config, header).filter((line) => !dropped.has(line) && !isBlank(config, line));
    if (others.length === 0) return removeSections(config, new Set([section]));
  }
  return join(config.rawLines.filter((_, index) => !dropped.has(index)));
}

/** The bytes of the file without some sections: their headers, associations and blank lines. Comments stay. */
export function removeSections(config: ConfigText, sections: ReadonlySet<string>): Buffer {
  const dropped = new Set<number>();
  for (const item of config.items) {
    if (!sections.has(item.section)) continue;
    for (const line of 'line' in item ? [item.line] : item.lines) dropped.add(line);
    if ('line' in item) {
      for (const line of linesBelow(config, item)) if (isBlank(config, line)) dropped.add(line);
    }
  }
  // The blank line above a section that was the last one parts it from nothing any more.
  for (let line = config.rawLines.length - 1; line >= 0; line--) {
    if (!dropped.has(line) && !isBlank(config, line)) break;
    if (dropped.has(line + 1)) dropped.add(line);
  }
  return join(config.rawLines.filter((_, index) => !dropped.has(index)));
}

/** The lines from below a header to the next one. */
function linesBelow({ items, rawLines }: ConfigText, header: IniHeader): number[] {
  const next = items.find((item): item is IniHeader => 'line' in item && item.line > header.line);
  const end = next?.line ?? rawLines.length;
  return Array.from({ length: end - header.line - 1 }, (_, index) => header.line + 1 + index);
}

function isBlank({ rawLines }: ConfigText, line: number): boolean {
  return rawLines[line]?.trim() === '';
}

function findAssociation(config: ConfigText, section: string, name: string): IniOption | undefined {
  return config.items
    .filter(isAssociation)
    .find((option) => option.section === section && option.name === name);
}

function toBytes(line: string): string {
  return isAscii(line) ? line : Buffer.from(line).toString('latin1');
}

function join(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join(''), 'latin1');
}

function decodeLine(raw: string, index: number): string {
  const line = raw.replace(/[\r\n]+$/, '');
  if (isAscii(line)) return line;
  const text = Buffer.from(line, 'latin1').toString('utf8');
  return index === 0 && text.startsWith('\ufeff') ? text.slice(1) : text;
}

function locateErrors<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof IniSyntaxError) throw new ConfigFileError(path, error.line + 1, error.message);
    throw error;
  }
}

function checkAssociation({ name, value, lines }: IniOption, rawLines: readonly string[]): void {
  const [line = 0, continuation] = lines;
  const raw = rawLines[line] ?? '';
  if (!isAscii(raw) && !isUtf8(Buffer.from(raw, 'latin1'))) {
    throw new IniSyntaxError(line, 'the name is not in UTF-8');
  }
  if (/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= MAX_PORT) return;
  if (continuation !== undefined && value.includes('\n')) {
    const problem = `the line is indented, so it continues the value of ${show(name)}: begin it further left`;
    throw new IniSyntaxError(continuation, problem);
  }
  throw new IniSyntaxError(line, `${show(value)} is not a port: expected a number from 1 to ${MAX_PORT}`);
}

/**
 * Where a new association goes: below the last one, else below the header, else at the end. It is indented so that
 * it continues no value and that what follows does not become the continuation of its own.
 */
function placeForMore({ items, rawLines }: ConfigText, section: string): { index: number; indent: string } {
  const last = items.filter(isAssociation).findLast((option) => option.section === section);
  if (last !== undefined) return { index: (last.lines.at(-1) ?? 0) + 1, indent: last.indent };
  const header = items.findIndex((item) => item.section === section);
  const item = items[header];
  if (item === undefined || 'lines' in item) return { index: rawLines.length, indent: '' };
  return { index: item.line + 1, indent: items[header + 1]?.indent ?? '' };
}

function isOurs({ section }: IniHeader | IniOption): boolean {
  return section === DEFAULT_SECTION || isCheckoutSection(section);
}

function isAssociation(item: IniHeader | IniOption): item is IniOption {
  return 'name' in item && isOurs(item);
}

/** Such a text is the same in latin1 and in UTF-8, and needs no decoding. */
function isAscii(text: string): boolean {
  return !/[\u0080-\uffff]/.test(text);
}

function endOf(line = ''): string {
  return /[\r\n]*$/.exec(line)?.[0] ?? '';
}
