/**
 * Puts variables into the text of a `.env` file, as dotenv, docker compose, systemd and shells read it. A variable that
 * is there changes in place, each time it is there, with its quotes, its `export` and what stands behind it; others come
 * below the last line. Every other byte stays as it is, so a second run with the same values changes nothing.
 *
 * @param text a character for each byte, so that bytes of any encoding come back
 */
export function mergeVariables(text: string, variables: ReadonlyMap<string, string>): string {
  const missing = new Map(variables);
  let merged = '';
  let rest = text;
  while (rest !== '') {
    const [entry, key] = firstEntry(rest);
    const value = key === undefined ? undefined : variables.get(key);
    merged += value === undefined ? entry : withValue(entry, value);
    if (key !== undefined) missing.delete(key);
    rest = rest.slice(entry.length);
  }
  if (missing.size === 0) return merged;
  const eol = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  const isOpen = merged !== '' && merged !== BYTE_ORDER_MARK && !/[\r\n]$/.test(merged);
  return (
    merged + (isOpen ? eol : '') + Array.from(missing, ([key, value]) => `${key}=${value}${eol}`).join('')
  );
}

const BYTE_ORDER_MARK = '\xef\xbb\xbf';

/** `export KEY = `, `KEY: `: the beginning of a line that sets a variable. */
const KEY = /^(?:\xef\xbb\xbf)?[^\S\r\n]*(?:export[^\S\r\n]+)?([\w.-]+)(?:[^\S\r\n]*=[^\S\r\n]*|:[^\S\r\n]+)/;

/** A value in quotes, which may go on over lines. */
const QUOTED = /^(?:'(?:\\'|[^'])*'|"(?:\\.|[^"\\])*"|`(?:\\`|[^`])*`)/s;

const LINE = /^[^\r\n]*(?:[\r\n]|$)/;

/** The first line of the text, with all lines over which its quotes go, and the variable that it sets. */
function firstEntry(text: string): [entry: string, key?: string] {
  const [begin, key] = KEY.exec(text) ?? [];
  if (begin === undefined || key === undefined) return [LINE.exec(text)?.[0] ?? text];
  const quoted = QUOTED.exec(text.slice(begin.length))?.[0] ?? '';
  const before = begin.length + quoted.length;
  return [text.slice(0, before) + (LINE.exec(text.slice(before))?.[0] ?? ''), key];
}

/** The entry with another value, in the same quotes and with what is behind it. */
function withValue(entry: string, value: string): string {
  const begin = KEY.exec(entry)?.[0] ?? '';
  const after = entry.slice(begin.length);
  const quoted = QUOTED.exec(after)?.[0];
  if (quoted !== undefined && /^[^\S\r\n]*(?:#|[\r\n]|$)/.test(after.slice(quoted.length))) {
    const quote = quoted.charAt(0);
    return begin + quote + value + quote + after.slice(quoted.length);
  }
  // Unquoted, a value goes up to a comment, which systemd and shells begin at a blank alone, or to the end of the line.
  const old = /^[^\r\n]*?(?=[^\S\r\n]+#|[^\S\r\n]*(?:[\r\n]|$))/.exec(after)?.[0] ?? '';
  return begin + value + after.slice(old.length);
}
