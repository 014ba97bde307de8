#!/usr/bin/env node
import { type OptionValues, parseWords } from './parse-words';
import { run } from './run';
import { UsageError } from './usage-error';

const USAGE = `usage: port-for [--port N] [--json] [--user | --config FILE] NAME
       port-for --unbind NAME | --list [--json] [--user | --config FILE]
       port-for --run NAME... [--user | --config FILE] -- COMMAND [ARGS...]
       port-for --temp [COUNT] [--json] | --temp [COUNT] --run -- COMMAND...`;

/** Those that choose a mode first. */
const OPTIONS = {
  bind: { type: 'string' },
  unbind: { type: 'string' },
  list: { type: 'boolean' },
  run: { type: 'boolean' },
  temp: { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  port: { type: 'string' },
  config: { type: 'string' },
  user: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

export type PortForValues = OptionValues<typeof OPTIONS>;

/** The last are all words of the call: what stands behind `--` is told by them alone. */
type Mode = (
  values: PortForValues,
  rest: readonly string[],
  words: readonly string[],
) => number | Promise<number>;

/** What one call can do: each in a file of its own, which only its calls load. The first that is asked for counts. */
const MODES = {
  help: () => (require('./commands/help') as typeof import('./commands/help')).help,
  version: () => (require('./commands/version') as typeof import('./commands/version')).printVersion,
  list: () => (require('./commands/list') as typeof import('./commands/list')).list,
  unbind: () => (require('./commands/unbind') as typeof import('./commands/unbind')).unbind,
  run: () => (require('./commands/run') as typeof import('./commands/run')).runHeld,
  temp: () => (require('./commands/temp') as typeof import('./commands/temp')).temp,
  bind: () => (require('./commands/bind') as typeof import('./commands/bind')).bind,
} satisfies Record<string, () => Mode>;

const MODE_NAMES = Object.keys(MODES) as (keyof typeof MODES)[];

function main(words: readonly string[]): number | Promise<number> {
  const { values, rest } = parseWords(words, OPTIONS);
  return MODES[chooseMode(values)]()(values, rest, words);
}

function chooseMode(values: PortForValues): keyof typeof MODES {
  const [mode = 'bind', ...others] = MODE_NAMES.filter((name) => values[name] !== undefined);
  const [other] = mode === 'run' ? others.filter((name) => name !== 'temp') : others;
  if (mode === 'help' || mode === 'version' || other === undefined) return mode;
  throw new UsageError(`--${mode} does not go with --${other}`);
}

run({ name: 'port-for', usage: USAGE, main });
