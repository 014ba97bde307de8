// The mode that a call without a mode means: most calls, which load this alone and not the table of all modes.

import { MODE_NAMES, OPTIONS } from './options';
import type { Mode, Table } from './table/table';

/** Whose names, and in which file. */
export const WHICH_FILE = ['here', 'project', 'config', 'user', 'system'] as const;

/** Whose names, and where they are kept. */
export const WHERE = [...WHICH_FILE, 'store'] as const;

/** Without a name it is those that the file `.ports` of the checkout declares. */
export const NAMES = {
  usage: 'NAME...',
  noun: 'name',
  least: 0,
  most: Infinity,
  completes: 'name',
} as const;

export const ALTERNATIVES = [
  ['config', 'user', 'system', 'store'],
  ['here', 'project', 'store'],
  ['port', 'prefer'],
  ['ports', 'from-server'],
  ['export', 'env-file', 'json'],
] as const;

export const BIND: Mode<typeof OPTIONS> = {
  summary: 'print the port of each NAME; on first use pick a good one and remember it',
  words: NAMES,
  options: ['port', 'prefer', 'json', ...WHERE],
  notes:
    'With --here or --project, without a NAME: all names that the file .ports of the checkout declares, "name" or "name = preferred port" a line.',
  examples: [
    ['port-for web', 'the port of web'],
    ['port-for web db', 'of both, one a line'],
    ['port-for --here web --prefer 3000', 'the one of this checkout'],
  ],
  load: () => {
    const { bind } = require('./commands/bind') as typeof import('./commands/bind');
    return (call) => bind(call, MODE_NAMES);
  },
};

/** The table of calls that print the ports of names, and of nothing else. */
export const USUAL_CALLS: Table<typeof OPTIONS> = {
  name: 'port-for',
  summary: '',
  options: OPTIONS,
  modes: { bind: BIND },
  usual: 'bind',
  alternatives: ALTERNATIVES,
};
