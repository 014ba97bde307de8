import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { show } from '../arguments/invalid-argument';
import { checkoutRoot, realFolder } from '../checkout/checkout-root';
import { isPort, MAX_PORT } from '../ports/port';
import { hasCode, toAccessError } from './access-error';
import { ConfigFileError } from './errors';
import { checkName } from './name';

/** The file at the root of a checkout that declares the names which the project needs. */
const FILE_NAME = '.ports';

/**
 * The names that a project declares in the file `.ports` at the root of its checkout, in their order, each with the
 * port that it prefers, or undefined. A line is `name` or `name = port`; blank lines, a line `[DEFAULT]`, and lines that
 * begin with `#` or `;` say nothing. Empty if there is no such file.
 *
 * @param folder the root of the checkout; by default the one that the current folder is part of
 * @throws ConfigFileError for a line that is neither a name nor a name with a port.
 */
export function declaredPorts(folder: string = checkoutRoot()): Map<string, number | undefined> {
  const path = join(realFolder(folder), FILE_NAME);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, ['ENOENT'])) return new Map();
    throw toAccessError(error, path, 'read');
  }
  return parseDeclared(text, path);
}

function parseDeclared(text: string, path: string): Map<string, number | undefined> {
  const ports = new Map<string, number | undefined>();
  const lines = text.split(/\r\n|\r|\n/);
  for (const [index, line] of lines.entries()) {
    // A byte order mark is a blank too.
    const content = line.trim();
    if (content === '' || /^[#;]/.test(content) || content === '[DEFAULT]') continue;
    const fail = (problem: string) => new ConfigFileError(path, index + 1, problem);
    const [, left = '', right] = /^([^=:]*)(?:[=:](.*))?$/s.exec(content) ?? [];
    const name = nameOf(left.trim(), fail);
    if (ports.has(name)) throw fail(`${show(name)} is declared twice`);
    ports.set(name, right === undefined ? undefined : portOf(right.trim(), fail));
  }
  return ports;
}

function nameOf(text: string, fail: (problem: string) => ConfigFileError): string {
  try {
    return checkName(text);
  } catch (error) {
    throw fail((error as Error).message);
  }
}

function portOf(text: string, fail: (problem: string) => ConfigFileError): number {
  const port = /^\d+$/.test(text) ? Number(text) : 0;
  if (isPort(port)) return port;
  throw fail(`${show(text)} is not a port: expected a number from 1 to ${MAX_PORT}`);
}
