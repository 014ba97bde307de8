#!/usr/bin/env node
import type { ExitCode } from './exit-code';
import { type OptionValues, parseWords } from './parse-words';
import { run } from './run';
import { UsageError } from './usage-error';

const USAGE = `usage: port-for [--port N] [--json] [--user | --config FILE] NAME
       port-for --unbind NAME | --list [--json] [--user | --config FILE]`;

/** Those that choose a mode first. */
const OPTIONS = {
  bind: { type: 'string' },
  unbind: { type: 'string' },
  list: { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  port: { type: 'string' },
  config: { type: 'string' },
  user: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

export type PortForValues = OptionValues<typeof OPTIONS>;

type Mode = (values: PortForValues, rest: readonly string[]) => ExitCode | Promise<ExitCode>;

/** What one call can do: each in a file of its own, which only its calls load. The first that is asked for counts. */
const MODES = {
  help: () => (require('./commands/help') as typeof import('./commands/help')).help,
  version: () => (require('./commands/version') as typeof import('./commands/version')).printVersion,
  list: () => (require('./commands/list') as typeof import('./commands/list')).list,
  unbind: () => (require('./commands/unbind') as typeof import('./commands/unbind')).unbind,
  bind: () => (require('./commands/bind') as typeof import('./commands/bind')).bind,
} satisfies Record<string, () => Mode>;

const MODE_NAMES = Object.keys(MODES) as (keyof typeof MODES)[];

function main(words: readonly string[]): ExitCode | Promise<ExitCode> {
  const { values, rest } = parseWords(words, OPTIONS);
  return MODES[chooseMode(values)]()(values, rest);
}

function chooseMode(values: PortForValues): keyof typeof MODES {
  const [mode = 'bind', other] = MODE_NAMES.filter((name) => values[name] !== undefined);
  if (mode === 'help' || mode === 'version' || other === undefined) return mode;
  throw new UsageError(`--${mode} does not go with --${other}`);
}

run({ name: 'port-for', usage: USAGE, main });
