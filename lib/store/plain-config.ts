import { MAX_PORT } from '../ports/port';
import { DEFAULT_SECTION } from './ini';

/** `name = port`, `[section]`, a comment or a blank line, each with its end. */
const LINE = /([a-z0-9_][a-z0-9_.-]*) = ([1-9]\d{0,4})\n|\[([^[\]\r\n]+)\]\n|(?:[#;][^\r\n]*)?\n/y;

/**
 * The port of each name of each section of a file that has only plain lines, as this package and Python's port-for write
 * them: `[section]`, `name = port`, comments and blank lines. Undefined if anything else is in it, be it right or wrong.
 * Takes a tenth of the time that the whole grammar takes.
 */
export function readPlain(text: string): Map<string, Map<string, number>> | undefined {
  const sections = new Map<string, Map<string, number>>();
  let ports: Map<string, number> | undefined;
  for (LINE.lastIndex = 0; LINE.lastIndex < text.length; ) {
    const found = LINE.exec(text);
    if (found === null) return undefined;
    const [, name, digits, section] = found;
    if (name !== undefined) {
      const port = Number(digits);
      if (ports === undefined || port > MAX_PORT || ports.has(name)) return undefined;
      ports.set(name, port);
    } else if (section !== undefined) {
      const known = sections.get(section);
      if (known !== undefined && section !== DEFAULT_SECTION) return undefined;
      ports = known ?? new Map();
      sections.set(section, ports);
    }
  }
  return sections;
}
