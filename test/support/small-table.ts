import type { Options, Table } from '../../lib/cli/table/table';

const OPTIONS = {
  open: { type: 'string', short: 'o', value: 'NAME', help: 'open NAME', completes: 'name' },
  run: { type: 'boolean', help: 'run a command' },
  help: { type: 'boolean', short: 'h', help: 'print this' },
  file: { type: 'string', value: 'FILE', help: "read [FILE]: it's one | more", completes: 'file' },
  in: { type: 'string', short: 'i', value: 'FOLDER', help: 'be in FOLDER', completes: 'folder' },
  how: { type: 'string', value: 'HOW', help: 'how to do it\\not', completes: ['fast', 'slow'] },
  wait: {
    type: 'string',
    value: 'SECONDS',
    help: 'how long to wait for whatever takes its time at most, if any',
  },
} as const satisfies Options;

/** A command of three modes, as small as one can be that has a bit of everything. */
export const SMALL: Table<typeof OPTIONS> = {
  name: 'my-tool',
  summary: 'does things.',
  options: OPTIONS,
  modes: {
    open: {
      summary: 'open each NAME; on first use make it',
      words: { usage: 'NAME...', noun: 'name', least: 1, most: Infinity, completes: 'name' },
      options: ['how', 'in', 'wait'],
      notes:
        '.ports - a file that names what there is to open - is read, if the folder has one. It need not.',
      examples: [
        ['my-tool web', 'open web'],
        [
          'my-tool --in /srv/www/shop --how fast web db',
          'open both, in a folder of their own, as fast as it goes',
        ],
        ['my-tool web | cat', ''],
      ],
      load: () => () => 0,
    },
    run: {
      summary: 'run a command!',
      words: { usage: 'NAME...', noun: 'name', least: 1, most: Infinity },
      takesCommand: true,
      options: ['file'],
      load: () => () => 0,
    },
    help: { summary: 'print this', options: [], load: () => () => 0 },
  },
  usual: 'open',
  overview: {
    options: ['how', 'in'],
    examples: [['my-tool web', 'open web']],
    notes: 'Exit codes: 0 done, 1 failed, 2 invalid arguments, 3 whatever else there may be, and so on.',
  },
};
