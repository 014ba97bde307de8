/**
 * The grammar of Python's `configparser.ConfigParser`, with which the config file is shared: what that parser refuses
 * is refused here, so that neither tool ever writes what the other cannot read.
 */

/** One `name = value`; the value can go on over further lines. */
export interface IniOption {
  /** Folded to lower case, as Python does. */
  readonly name: string;
  readonly section: string;
  /** Without outer blanks; its lines are joined by line feeds. */
  value: string;
  /** The blanks before the name. A line that is indented deeper continues the value. */
  readonly indent: string;
  /** The indexes of its lines, that of the name first. */
  readonly lines: number[];
}

/** A line such as `[DEFAULT]`. */
export interface IniHeader {
  readonly section: string;
  readonly indent: string;
  readonly line: number;
}

/** A line, by its index, that Python's parser would refuse. */
export class IniSyntaxError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** The one section that may be opened more than once. */
export const DEFAULT_SECTION = 'DEFAULT';

/**
 * Reads lines, given without their ends, into headers and options in the order of the file; blank lines and comments
 * give nothing. Throws an {@link IniSyntaxError} for the first invalid line.
 */
export function parseIni(lines: readonly string[]): (IniHeader | IniOption)[] {
  const reader = new IniReader();
  for (const [line, text] of lines.entries()) reader.read(line, text);
  return reader.items;
}

class IniReader {
  readonly items: (IniHeader | IniOption)[] = [];
  /** The line of each name of each section. */
  readonly #sections = new Map<string, Map<string, number>>();
  #section: string | undefined;
  #option: IniOption | undefined;

  read(line: number, text: string): void {
    const content = strip(text);
    if (content === '' || content.startsWith('#') || content.startsWith(';')) return;
    const indent = text.slice(0, text.indexOf(content));
    if (this.#option !== undefined && indent.length > this.#option.indent.length) {
      this.#option.value = strip(`${this.#option.value}\n${content}`);
      this.#option.lines.push(line);
      return;
    }
    const section = /^\[(.+)\]/s.exec(content)?.[1];
    if (section === undefined) this.#readOption(line, content, indent);
    else this.#readHeader(line, section, indent);
  }

  #readHeader(line: number, section: string, indent: string): void {
    if (section !== DEFAULT_SECTION && this.#sections.has(section)) {
      throw new IniSyntaxError(line, `section [${section}] is defined twice`);
    }
    if (!this.#sections.has(section)) this.#sections.set(section, new Map());
    this.#section = section;
    this.#option = undefined;
    this.items.push({ section, indent, line });
  }

  #readOption(line: number, content: string, indent: string): void {
    const section = this.#section;
    const names = section === undefined ? undefined : this.#sections.get(section);
    if (section === undefined || names === undefined) {
      throw new IniSyntaxError(line, `a section must come first: put the line [${DEFAULT_SECTION}] above it`);
    }
    const delimiter = content.search(/[=:]/);
    if (delimiter < 0) throw new IniSyntaxError(line, 'expected "name = port", a # comment or a [section]');
    const name = strip(content.slice(0, delimiter)).toLowerCase();
    if (name === '') throw new IniSyntaxError(line, 'the name on the left is missing');
    const first = names.get(name);
    if (first !== undefined) {
      throw new IniSyntaxError(line, `${JSON.stringify(name)} is defined twice, first on line ${first + 1}`);
    }
    names.set(name, line);
    this.#option = { name, section, value: strip(content.slice(delimiter + 1)), indent, lines: [line] };
    this.items.push(this.#option);
  }
}

/** Takes off what Python's `str.strip` does: more than `trim`, but no byte order mark. */
function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  if (code >= 0x21 && code <= 0x7e) return false;
  return (code >= 0x1c && code <= 0x1f) || /\p{White_Space}/u.test(String.fromCharCode(code));
}
