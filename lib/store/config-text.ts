import { isUtf8 } from 'node:buffer';
import { show } from '../arguments/invalid-argument';
import { MAX_PORT } from '../ports/port';
import { ConfigFileError } from './errors';
import { DEFAULT_SECTION, type IniHeader, type IniOption, IniSyntaxError, parseIni } from './ini';
import { type PlainSection, readPlain } from './plain-config';
import { isCheckoutSection } from './section';

/** A config file taken apart: its associations, and its lines for putting it together again. */
export interface ConfigText {
  /** The port of each name of each of our sections, in the order of the file. */
  readonly sections: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** The names of our sections that have no port, because what stands for it is none. */
  readonly odd: readonly OddName[];
  readonly items: readonly (IniHeader | IniOption)[];
  /** Every line with its end. */
  readonly rawLines: readonly string[];
}

/** A name whose value is no port, as Python's port-for can leave it behind. */
export interface OddName {
  readonly section: string;
  readonly name: string;
  /** What is wrong, with the line. */
  readonly error: ConfigFileError;
}

/**
 * Reads the bytes of a config file. Comments, sections that are not ours and a byte order mark are allowed and kept;
 * ours are `DEFAULT` and those of checkouts. A value that is no port is kept too, and keeps no other name from its port.
 * Throws a {@link ConfigFileError} with `path` and line where Python's ConfigParser would not read the file.
 */
export function parseConfig(content: Buffer, path: string): ConfigText {
  const text = decode(content, path);
  const plain = readPlain(text);
  return plain === undefined ? parseAll(text, path) : new PlainText(text, path, plain);
}

const NO_PORTS: ReadonlyMap<string, number> = new Map();

/** A file of plain lines, which are taken apart only for who changes them. */
class PlainText implements ConfigText {
  readonly sections: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly odd = [];
  readonly #text: string;
  readonly #path: string;
  readonly #plain: ReadonlyMap<string, PlainSection>;
  #all: ConfigText | undefined;

  constructor(text: string, path: string, plain: ReadonlyMap<string, PlainSection>) {
    this.#text = text;
    this.#path = path;
    this.#plain = plain;
    const ours = [...plain].filter(([section]) => isOurs({ section }));
    this.sections = new Map([
      [DEFAULT_SECTION, NO_PORTS],
      ...ours.map(([name, { ports }]) => [name, ports] as const),
    ]);
  }

  /** The bytes with one more association; undefined where its section has no header yet. */
  with(section: string, name: string, port: number): Buffer | undefined {
    const { end } = this.#plain.get(section) ?? {};
    if (end === undefined) return undefined;
    return Buffer.from(`${this.#text.slice(0, end)}${name} = ${port}\n${this.#text.slice(end)}`);
  }

  get items(): ConfigText['items'] {
    return this.#whole.items;
  }

  get rawLines(): ConfigText['rawLines'] {
    return this.#whole.rawLines;
  }

  get #whole(): ConfigText {
    this.#all ??= parseAll(this.#text, this.#path);
    return this.#all;
  }
}

/** By the whole grammar. */
function parseAll(text: string, path: string): ConfigText {
  const rawLines = text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
  const items = locateErrors(path, () => parseIni(rawLines.map(withoutEnds)));
  const sections = new Map<string, Map<string, number>>([[DEFAULT_SECTION, new Map()]]);
  const odd: OddName[] = [];
  for (const item of items) {
    if (!isOurs(item)) continue;
    const ports = sections.get(item.section) ?? new Map<string, number>();
    sections.set(item.section, ports);
    if (!('name' in item)) continue;
    const port = readPort(item.value);
    if (port !== undefined) ports.set(item.name, port);
    else odd.push({ ...item, error: oddityOf(item, path) });
  }
  return { sections, odd, items, rawLines };
}

/** Throws what is wrong with the line of a name, if there is something. */
export function checkNoOddity({ odd }: ConfigText, section: string, name: string): void {
  const found = odd.find((one) => one.section === section && one.name === name);
  if (found !== undefined) throw found.error;
}

/** The names of one section and their ports; none if there is no such section. */
export function portsOf({ sections }: ConfigText, section: string): ReadonlyMap<string, number> {
  return sections.get(section) ?? new Map();
}

/** The bytes of the file with one more association, below the others of its section; all else stays as it is. */
export function addAssociation(config: ConfigText, section: string, name: string, port: number): Buffer {
  const plain = config instanceof PlainText ? config.with(section, name, port) : undefined;
  if (plain !== undefined) return plain;
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
  lines.splice(index, 0, ...added);
  return join(lines);
}

/** The bytes of the file with another port for a name that is there; all else stays as it is. */
export function changeAssociation(config: ConfigText, section: string, name: string, port: number): Buffer {
  const { lines: [first = 0, ...rest] = [], indent = '' } = findAssociation(config, section, name) ?? {};
  const lines = [...config.rawLines];
  lines[first] = `${indent}${name} = ${port}${endOf(lines[first])}`;
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
    if (!('line' in item)) {
      for (const line of item.lines) dropped.add(line);
    } else if (!isIndented(config, nextHeader(config, item))) {
      dropped.add(item.line);
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
function linesBelow(config: ConfigText, header: IniHeader): number[] {
  const end = nextHeader(config, header)?.line ?? config.rawLines.length;
  return Array.from({ length: end - header.line - 1 }, (_, index) => header.line + 1 + index);
}

function nextHeader({ items }: ConfigText, header: IniHeader): IniHeader | undefined {
  return items.find((item): item is IniHeader => 'line' in item && item.line > header.line);
}

/** Such a header needs another one before it: below an option it would be read as a part of its value. */
function isIndented({ rawLines }: ConfigText, header: IniHeader | undefined): boolean {
  return header !== undefined && /^\s/.test(rawLines[header.line] ?? '');
}

function isBlank({ rawLines }: ConfigText, line: number): boolean {
  return rawLines[line]?.trim() === '';
}

function findAssociation(config: ConfigText, section: string, name: string): IniOption | undefined {
  return config.items
    .filter(isAssociation)
    .find((option) => option.section === section && option.name === name);
}

function join(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join(''));
}

/** Python reads the file as UTF-8, comments and all. */
function decode(content: Buffer, path: string): string {
  if (isUtf8(content)) return content.toString('utf8');
  const lines = content.toString('latin1').split(/\r\n|\r|\n/);
  const line = lines.findIndex((line) => !isUtf8(Buffer.from(line, 'latin1'))) + 1;
  throw new ConfigFileError(path, line, 'the line is not in UTF-8: save the file in that encoding');
}

function withoutEnds(raw: string, index: number): string {
  const line = raw.replace(/[\r\n]+$/, '');
  return index === 0 && line.startsWith('\ufeff') ? line.slice(1) : line;
}

function locateErrors<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof IniSyntaxError) throw new ConfigFileError(path, error.line + 1, error.message);
    throw error;
  }
}

/**
 * The port that a value is; undefined where it is none. Python's port-for takes what `int()` does: a sign, zeros in front,
 * underscores between digits, and a value that stands on a line of its own below the name.
 */
function readPort(value: string): number | undefined {
  const port = /^\+?\d+(?:_\d+)*$/.test(value) ? Number(value.replaceAll('_', '')) : 0;
  return port >= 1 && port <= MAX_PORT ? port : undefined;
}

/** What is wrong with the value of a name that is no port. */
function oddityOf({ name, value, lines }: IniOption, path: string): ConfigFileError {
  const [line = 0, continuation] = lines;
  if (continuation !== undefined && value.includes('\n')) {
    const message = `the line is indented, so it continues the value of ${show(name)}: begin it further left`;
    return new ConfigFileError(path, continuation + 1, message);
  }
  const message = `${show(value)} is not a port: expected a number from 1 to ${MAX_PORT}`;
  return new ConfigFileError(path, line + 1, message);
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

function isOurs({ section }: { readonly section: string }): boolean {
  return section === DEFAULT_SECTION || isCheckoutSection(section);
}

function isAssociation(item: IniHeader | IniOption): item is IniOption {
  return 'name' in item && isOurs(item);
}

function endOf(line = ''): string {
  return /[\r\n]*$/.exec(line)?.[0] ?? '';
}
