import type { Mode, Table } from '../table/table';
import { OPTIONS } from './options';

const MODES: Record<string, Mode<typeof OPTIONS>> = {
  wait: {
    summary:
      'wait until every port is occupied (somebody accepts connections at an address of its host) or free (nobody does, at any of them). Silent when it is so',
    words: { usage: 'HOST:PORT... free|occupied', noun: 'HOST:PORT', least: 0, most: Infinity },
    options: ['timeout', 'json', 'verbose', 'version', 'help'],
    notes:
      'Exit codes: 0 it is so; 1 it is not, or it cannot be asked (a message says which); 2 invalid arguments; 130 Ctrl-C.',
    examples: [
      ['portend localhost:8080 occupied', 'wait for a server'],
      ['portend -t 30 db:5432 [::1]:6379 occupied', 'for two, half a minute at most'],
      ['portend -t 0 localhost:8080 free', 'ask once whether a port is free'],
      ['node server.js & portend -t 5 localhost:8080 occupied && npm test', ''],
    ],
    load: () => (require('./wait') as typeof import('./wait')).waitFor,
  },
  version: {
    summary: 'print the version',
    options: [],
    load: () => (require('../commands/version') as typeof import('../commands/version')).printVersion,
  },
  help: {
    summary: 'print this',
    words: { usage: '', noun: 'word', least: 0, most: Infinity },
    options: [],
    load: () => helpOf,
  },
};

/** What `portend` can do; see `modes.ts`, the one of `port-for`. */
export const PORTEND: Table<typeof OPTIONS> = {
  name: 'portend',
  summary: 'waits for ports.',
  options: OPTIONS,
  modes: MODES,
  usual: 'wait',
};

function helpOf({ values }: { values: object }): number {
  const { printHelp } = require('../commands/help') as typeof import('../commands/help');
  return printHelp(PORTEND, Object.keys(values));
}
