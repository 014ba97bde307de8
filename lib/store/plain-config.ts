import { MAX_PORT } from '../ports/port';
import { DEFAULT_SECTION } from './ini';

/** `name = port`, `[section]`, a comment or a blank line, each with its end. */
const LINE = /([a-z0-9_][a-z0-9_.-]*) = ([1-9]\d{0,4})\n|\[([^[\]\r\n]+)\]\n|(?:[#;][^\r\n]*)?\n/y;

/** A section that has only plain lines. */
export interface PlainSection {
  readonly ports: ReadonlyMap<string, number>;
  /** Where a further association goes in the text: below the last one, else below the header. */
  readonly end: number;
}

/**
 * The sections of a file that has only plain lines, as this package and Python's port-for write them: `[section]`,
 * `name = port`, comments and blank lines. Undefined if anything else is in it, be it right or wrong. Takes a tenth of the
 * time that the whole grammar takes.
 */
export function readPlain(text: string): Map<string, PlainSection> | undefined {
  const sections = new Map<string, { readonly ports: Map<string, number>; end: number }>();
  let current: { readonly ports: Map<string, number>; end: number } | undefined;
  for (LINE.lastIndex = 0; LINE.lastIndex < text.length; ) {
    const found = LINE.exec(text);
    if (found === null) return undefined;
    const [, name, digits, section] = found;
    if (name !== undefined) {
      const port = Number(digits);
      if (current === undefined || port > MAX_PORT || current.ports.has(name)) return undefined;
      current.ports.set(name, port);
      current.end = LINE.lastIndex;
    } else if (section !== undefined) {
      const known = sections.get(section);
      if (known !== undefined && section !== DEFAULT_SECTION) return undefined;
      current = known ?? { ports: new Map(), end: LINE.lastIndex };
      sections.set(section, current);
    }
  }
  return sections;
}
