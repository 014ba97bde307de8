import type { Mode, Table } from '../table/table';
import { OPTIONS } from './options';

const HOW = ['timeout', 'steady', 'status', 'header', 'insecure', 'ca', 'servername'] as const;

const TARGETS =
  'A TARGET is HOST:PORT, http://... or https://..., tls:HOST:PORT, unix:/PATH, or http+unix:/PATH:/PAGE. ';

const MODES: Record<string, Mode<typeof OPTIONS>> = {
  start: {
    summary:
      'behind TARGET... occupied: start a server, wait until every target is ready, run the command behind --, end the server, and end as the command did',
    words: {
      usage: 'SERVER...',
      noun: 'TARGET',
      least: 0,
      most: Infinity,
    },
    takesCommand: true,
    options: [...HOW, 'verbose', 'help'],
    notes: `Each {NAME} in a target has a port held, as port-for --run NAME does, and is replaced in both commands. One word with blanks is run by a shell. The server's output is shown by --verbose; when it ends too early, its last lines are.`,
    examples: [
      ['portend localhost:8080 occupied --start node server.js -- npm test', ''],
      ["portend localhost:{web} occupied --start 'PORT={web} npm start' -- npm test", ''],
    ],
    load: () => (require('./start') as typeof import('./start')).startAndRun,
  },
  wait: {
    summary:
      'wait until every port is occupied (somebody accepts connections at an address of its host) or free (nobody does, at any of them). Silent when it is so',
    words: { usage: 'HOST:PORT... free|occupied', noun: 'HOST:PORT', least: 0, most: Infinity },
    options: [...HOW, 'while', 'json', 'verbose', 'version', 'help'],
    notes: `${TARGETS}Exit codes: 0 it is so; 1 it is not, or it cannot be asked (a message says which); 2 invalid arguments; 130 Ctrl-C.`,
    examples: [
      ['portend localhost:8080 occupied', 'wait for a server'],
      ['portend -t 30 db:5432 [::1]:6379 occupied', 'for two, half a minute at most'],
      ['portend -t 0 localhost:8080 free', 'ask once whether a port is free'],
      ['portend http://localhost:8080/health occupied', 'until it answers 2xx'],
      ['node server.js & portend --while $! localhost:8080 occupied && npm test', ''],
      ['portend localhost:8080 occupied --start node server.js -- npm test', ''],
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
