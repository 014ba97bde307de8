import { readFileSync } from 'node:fs';
import { show } from '../../arguments/invalid-argument';
import { nearest } from '../../arguments/nearest';
import type { PortState } from '../../wait/errors';
import type { WaitOptions } from '../../wait/options';
import { toTarget, type WaitTarget } from '../../wait/target';
import { UsageError } from '../usage-error';
import type { PortendCall } from './options';

/** What one call of `portend` asks for. */
export interface Request {
  readonly state: PortState;
  readonly targets: readonly WaitTarget[];
  readonly options: WaitOptions;
  readonly values: PortendCall['values'];
}

/** Reads the words of a call. Throws a {@link UsageError}. */
export function readRequest({ values, valuesOf, words }: PortendCall): Request {
  const state = readState(words);
  const rest = words.slice(0, -1);
  if (rest.length === 0) throw new UsageError('no HOST:PORT given');
  return {
    state,
    targets: rest.map((text) => readTarget(text, words)),
    options: readOptions(values, valuesOf),
    values,
  };
}

const STATES = ['free', 'occupied'];

function readState(words: readonly string[]): PortState {
  const word = words.at(-1);
  if (word === 'free' || word === 'occupied') return word;
  if (word === undefined) throw new UsageError('no HOST:PORT and no state given');
  const near = nearest(word, STATES);
  const meant = near === undefined ? didYouMean([...words, 'occupied']) : `: did you mean ${near}?`;
  throw new UsageError(`unknown state ${show(word)}: expected free or occupied as the last word${meant}`);
}

function readTarget(text: string, words: readonly string[]): WaitTarget {
  try {
    return toTarget(text);
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}${didYouMean(words)}`);
  }
}

/** The call that was meant, if a port stands alone in this one: `localhost 8080`, `8080`. */
function didYouMean(words: readonly string[]): string {
  const meant: string[] = [];
  for (const word of words) {
    const last = meant.at(-1);
    if (!/^:?\d+$/.test(word)) meant.push(word);
    else if (last !== undefined && /^[\w.-]*[a-z][\w.-]*$|^\d+(?:\.\d+){3}$/i.test(last))
      meant[meant.length - 1] = `${last}:${word.replace(':', '')}`;
    else meant.push(`localhost:${word.replace(':', '')}`);
  }
  const areTargets = meant.slice(0, -1).every((word) => isTarget(word));
  return areTargets ? `: did you mean portend ${meant.join(' ')}?` : '';
}

function isTarget(word: string): boolean {
  try {
    toTarget(word);
    return true;
  } catch {
    return false;
  }
}

function readOptions(values: PortendCall['values'], valuesOf: PortendCall['valuesOf']): WaitOptions {
  return {
    timeout: readTimeout(values.timeout),
    steady: readNumber('steady', values.steady, 'milliseconds, such as 200'),
    status: values.status,
    headers: readHeaders(valuesOf.get('header')),
    insecure: values.insecure,
    ca: readCertificates(values.ca),
    servername: values.servername,
    process: readNumber('while', values.while, 'a process number'),
  };
}

/** Seconds in decimal notation, `inf` for never, to milliseconds. */
function readTimeout(text: string | undefined): number {
  if (text === undefined || /^inf(?:inity)?$/i.test(text)) return Infinity;
  if (/^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text) * 1000;
  throw new UsageError(`timeout ${show(text)} is not a number of seconds: expected one such as 30, 0.5 or 0`);
}

function readNumber(option: string, text: string | undefined, expected: string): number | undefined {
  if (text === undefined || /^\d{1,10}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new UsageError(`--${option} ${show(text)} is not a whole number: expected ${expected}`);
}

function readHeaders(lines: readonly string[] | undefined): Record<string, string> | undefined {
  if (lines === undefined) return undefined;
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = '', text = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
      if (name === '') throw new UsageError(`--header ${show(line)} is not of the form 'NAME: TEXT'`);
      return [name, text];
    }),
  );
}

function readCertificates(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--ca ${show(path)} cannot be read: ${(error as Error).message}`);
  }
}

/**
 * Makes the words behind `--start`, up to `--`, one value, since they are a command's and none of ours:
 * `--start node server.js --port 1 -- npm test` becomes `--start=["node","server.js","--port","1"] -- npm test`.
 */
export function joinStart(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  const start = words.indexOf('--start');
  if (start < 0 || (end >= 0 && end < start)) return words;
  const server = words.slice(start + 1, end < 0 ? undefined : end);
  if (end < 0 && !/^(?:--help|-h)$/.test(server[0] ?? ''))
    throw new UsageError('--start needs a command to run beside the server: put it behind --');
  if (end < 0) return ['--help', '--start='];
  return [...words.slice(0, start), `--start=${JSON.stringify(server)}`, ...words.slice(end)];
}

/** The words of the server's command again. Throws a {@link UsageError} where there are none. */
export function readStart(value: string | undefined): readonly string[] {
  const words: unknown = value?.startsWith('[') ? JSON.parse(value) : value === undefined ? [] : [value];
  if (Array.isArray(words) && words.length > 0 && words[0] !== '') return words;
  throw new UsageError('--start needs the command of a server');
}
