import { isUtf8 } from 'node:buffer';
import { show } from '../arguments/invalid-argument';
import { MAX_PORT } from '../ports/port';
import { ConfigFileError } from './errors';
import { DEFAULT_SECTION, type IniHeader, type IniOption, IniSyntaxError, parseIni } from './ini';

/** A config file taken apart: its associations, and its lines for putting it together again. */
export interface ConfigText {
  /** The port of each name, in the order of the file. */
  readonly ports: Map<string, number>;
  readonly items: readonly (IniHeader | IniOption)[];
  /** Every line with its end; a character stands for one byte, so that bytes of any encoding come back. */
  readonly rawLines: readonly string[];
}

/**
 * Reads the bytes of a config file. Comments, other sections and a byte order mark are allowed and kept. Throws a
 * {@link ConfigFileError} with `path` and line where Python's ConfigParser would not read the file, where something
 * in section DEFAULT is no port, or where a name is not UTF-8.
 */
export function parseConfig(content: Buffer, path: string): ConfigText {
  const rawLines = content.toString('latin1').match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
  const items = locateErrors(path, () => {
    const items = parseIni(rawLines.map(decodeLine));
    for (const option of items.filter(isAssociation)) checkAssociation(option, rawLines);
    return items;
  });
  const ports = new Map(items.filter(isAssociation).map(({ name, value }) => [name, Number(value)]));
  return { ports, items, rawLines };
}

/** The bytes of the file with one more association, below the others; all else stays as it is. */
export function addAssociation(config: ConfigText, name: string, port: number): Buffer {
  const lines = [...config.rawLines];
  const { index, indent } = placeForMore(config);
  const eol = endOf(lines[index - 1]) || endOf(lines[0]) || '\n';
  const above = lines[index - 1];
  if (above !== undefined && endOf(above) === '') lines[index - 1] = above + eol;

  const added = [];
  if (!config.items.some(isDefault)) {
    if (config.items.length > 0) added.push(eol);
    added.push(`[${DEFAULT_SECTION}]${eol}`);
  }
  added.push(Buffer.from(`${indent}${name} = ${port}${eol}`).toString('latin1'));
  lines.splice(index, 0, ...added);
  return Buffer.from(lines.join(''), 'latin1');
}

/** The bytes of the file without the lines of `name`; all else stays as it is. */
export function removeAssociation(config: ConfigText, name: string): Buffer {
  const dropped = new Set(config.items.filter(isAssociation).find((option) => option.name === name)?.lines);
  const kept = config.rawLines.filter((_, index) => !dropped.has(index));
  return Buffer.from(kept.join(''), 'latin1');
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
function placeForMore({ items, rawLines }: ConfigText): { index: number; indent: string } {
  const last = items.findLast(isAssociation);
  if (last !== undefined) return { index: (last.lines.at(-1) ?? 0) + 1, indent: last.indent };
  const header = items.findIndex(isDefault);
  const item = items[header];
  if (item === undefined || 'lines' in item) return { index: rawLines.length, indent: '' };
  return { index: item.line + 1, indent: items[header + 1]?.indent ?? '' };
}

function isDefault(item: IniHeader | IniOption): boolean {
  return item.section === DEFAULT_SECTION;
}

function isAssociation(item: IniHeader | IniOption): item is IniOption {
  return isDefault(item) && 'name' in item;
}

/** Such a text is the same in latin1 and in UTF-8, and needs no decoding. */
function isAscii(text: string): boolean {
  return !/[\u0080-\u00ff]/.test(text);
}

function endOf(line = ''): string {
  return /[\r\n]*$/.exec(line)?.[0] ?? '';
}
