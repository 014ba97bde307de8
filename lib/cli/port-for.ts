#!/usr/bin/env node
import { parseWords } from './parse-words';
import { PORT_FOR_OPTIONS, type PortForValues } from './port-for-options';
import { run } from './run';
import { UsageError } from './usage-error';

const USAGE = `usage: port-for [--port N] [--json] [--user | --config FILE] NAME
       port-for --unbind NAME | --list [--json] [--user | --config FILE]
       port-for --run NAME... [--user | --config FILE] -- COMMAND [ARGS...]
       port-for --temp [COUNT] [--json] | --temp [COUNT] --run -- COMMAND...
       port-for --scan [PORTS] [--host HOST] [--method METHOD] [--json]`;

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
  scan: () => (require('./commands/scan') as typeof import('./commands/scan')).scanPorts,
  temp: () => (require('./commands/temp') as typeof import('./commands/temp')).temp,
  bind: () => (require('./commands/bind') as typeof import('./commands/bind')).bind,
} satisfies Record<string, () => Mode>;

const MODE_NAMES = Object.keys(MODES) as (keyof typeof MODES)[];

function main(words: readonly string[]): number | Promise<number> {
  const { values, rest } = parseWords(words, PORT_FOR_OPTIONS);
  const mode = chooseMode(values);
  if (mode !== 'scan') checkNoScanOptions(values);
  return MODES[mode]()(values, rest, words);
}

function checkNoScanOptions(values: PortForValues): void {
  for (const option of ['host', 'method'] as const) {
    if (values[option] !== undefined) throw new UsageError(`--${option} goes with --scan`);
  }
}

function chooseMode(values: PortForValues): keyof typeof MODES {
  const [mode = 'bind', ...others] = MODE_NAMES.filter((name) => values[name] !== undefined);
  const [other] = mode === 'run' ? others.filter((name) => name !== 'temp') : others;
  if (mode === 'help' || mode === 'version' || other === undefined) return mode;
  throw new UsageError(`--${mode} does not go with --${other}`);
}

run({ name: 'port-for', usage: USAGE, main });
