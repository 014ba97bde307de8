// The one table of what `port-for` can do. To add a mode:
// 1. name its option in options.ts (type 'string' if a word must follow, as in --unbind NAME), and any new ones it takes;
// 2. add its entry to MODES below: call, options, summary, and `load` with a late require of commands/MODE.ts;
// 3. write commands/MODE.ts: one function that takes the call, `{ values, words, command }`, and gives the exit code.
// Refusals, --help, usage lines, completions, man pages and docs/commands.md come from these entries: write none by hand.
// Test what it does, not that words are refused: test/cli/table/ does that for every entry.

import { ALTERNATIVES, BIND, NAMES, WHERE, WHICH_FILE } from './bind-mode';
import { OPTIONS } from './options';
import type { Mode, Table } from './table/table';

const MODES: Record<string, Mode<typeof OPTIONS>> = {
  bind: BIND,
  unbind: {
    summary: 'forget each NAME',
    words: { ...NAMES, least: 1 },
    options: ['json', ...WHERE],
    load: () => (require('./commands/unbind') as typeof import('./commands/unbind')).unbind,
  },
  rebind: {
    summary: 'give NAME another port: N, or a good one',
    words: { usage: 'NAME', noun: 'name', least: 1, most: 1, completes: 'name' },
    options: ['port', 'json', ...WHERE],
    load: () => (require('./commands/rebind') as typeof import('./commands/rebind')).rebind,
  },
  list: {
    summary: 'print all names and their ports, one "name: port" a line',
    options: ['json', ...WHERE],
    load: () => (require('./commands/list') as typeof import('./commands/list')).list,
  },
  run: {
    summary: 'run COMMAND with the ports of the names held, as PORT, NAME_PORT, and {NAME} in its words',
    words: NAMES,
    takesCommand: true,
    options: ['with', 'port', 'prefer', 'temp', 'ports', 'from-server', 'listen-fds', 'restart', ...WHERE],
    examples: [
      ['port-for --run web -- node server.js', 'PORT=29952 in its environment'],
      ["port-for --run web -- vite --port '{web}'", 'or in its words'],
      ['port-for --run api --with web,db -- npm start', 'WEB_PORT and DB_PORT are told, not held'],
      ['port-for --temp 2 --run -- npm test', 'PORT_1 and PORT_2, of no name'],
      ['port-for --run web --listen-fds --restart -- python3 server.py', 'no client is refused meanwhile'],
    ],
    load: () => (require('./commands/run') as typeof import('./commands/run')).runHeld,
  },
  env: {
    summary:
      'print the ports as WEB_PORT=29952 lines; with --export for a shell, with --env-file into a file',
    words: NAMES,
    alsoChosenBy: ['export', 'env-file'],
    options: ['export', 'env-file', 'json', 'port', 'prefer', ...WHERE],
    notes:
      'A name in upper case, with "_" for other characters than letters and digits, and _PORT. --env-file changes the lines of these variables in place, adds those that are missing, and leaves all others as they are. Node up to 20 fails at a long --env-file of a file that is not there yet: -f does not.',
    examples: [
      ['eval "$(port-for --export web db)"', 'into this shell'],
      ['port-for --here -f .env', 'all that .ports declares, for dotenv'],
      ['port-for --env web >> "$GITHUB_ENV"', 'for the next steps'],
    ],
    load: () => (require('./commands/env') as typeof import('./commands/env')).env,
  },
  temp: {
    summary: 'print a free port of no name, or COUNT of them; with --run hold them',
    words: { usage: '[COUNT]', noun: 'count', least: 0, most: 1 },
    options: ['ports', 'from-server', 'json', ...WHERE],
    examples: [
      ['port-for --temp --ports 8000-8100', 'the first of these that is free'],
      ['port-for --temp --from-server', 'one that no other client of the portserver has'],
    ],
    load: () => (require('./commands/temp') as typeof import('./commands/temp')).temp,
  },
  scan: {
    summary: 'print which ports are used, and by whom',
    words: { usage: '[PORTS]', noun: 'list of ports', least: 0, most: 1 },
    options: ['host', 'method', 'udp', 'timeout', 'concurrency', 'reset', 'watch', 'json'],
    notes:
      'Ctrl-C prints what was found until then, marked as partial, and ends with 130. --timeout: seconds for each connection, 1 by default.',
    examples: [
      ['port-for --scan', 'all that is used on this machine'],
      ['port-for --scan 8000-9000 --host db', 'ask another one'],
      ['port-for --scan --watch', 'what starts and stops on this machine'],
    ],
    load: () => (require('./commands/scan') as typeof import('./commands/scan')).scanPorts,
  },
  who: {
    summary: 'tell who has PORT, or the port of NAME: process, user, folder, who started it, clients',
    words: { usage: 'PORT|NAME...', noun: 'port', least: 1, most: Infinity, completes: 'name' },
    options: ['json', ...WHERE],
    notes: 'Exit code 3: nobody has any of them. Without root, Linux hides the processes of other users.',
    examples: [
      ['port-for --who 3000', 'who is it, and where did it come from?'],
      ['port-for --who 8000-8100 --json', 'the same to programs, of many ports'],
    ],
    load: () => (require('./commands/who') as typeof import('./commands/who')).who,
  },
  explain: {
    summary: 'tell whether PORT, or the port of NAME, is good and free, and every rule that says otherwise',
    words: { usage: 'PORT|NAME', noun: 'port', least: 1, most: 1, completes: 'name' },
    options: ['udp', 'json', ...WHERE],
    examples: [
      ['port-for --explain 6379', 'assigned to redis, since when, who uses it, what to take instead'],
      ['port-for --explain 53 --udp', 'the same of a UDP port'],
    ],
    load: () => (require('./commands/explain') as typeof import('./commands/explain')).explain,
  },
  stop: {
    summary: 'stop what listens on PORT, or on the port of NAME: no client, no parent, no other process',
    words: { usage: 'PORT|NAME', noun: 'port', least: 1, most: 1, completes: 'name' },
    options: ['timeout', 'force', 'dry-run', 'json', ...WHERE],
    notes:
      'Sends SIGTERM, and SIGKILL after --timeout (5 seconds) or at once with --force; then checks that the port is free. Refuses to stop itself and what started it, the first process, a container engine, and without --force a server of another checkout, a process of a container and a lease.',
    examples: [
      ['port-for --stop 3000', ''],
      ['port-for --stop web --dry-run', 'tell what it would stop'],
    ],
    load: () => (require('./commands/stop') as typeof import('./commands/stop')).stop,
  },
  map: {
    summary: 'draw all 65,536 ports: what each is for, which are used, which have a name',
    options: ['html', 'svg', 'udp', ...WHICH_FILE],
    notes: 'FILE may be "-" for standard output. NO_COLOR draws by characters; FORCE_COLOR by colours.',
    examples: [
      ['port-for --map', 'on one screen'],
      ['port-for --map --html ports.html', 'a page with zoom, search and filters'],
    ],
    load: () => (require('./commands/map') as typeof import('./commands/map')).map,
  },
  serve: {
    summary: 'give ports to clients of portpicker, as its portserver does, at a Unix socket',
    words: { usage: '[ADDRESS]', noun: 'address', least: 0, most: 1 },
    options: ['pool'],
    examples: [
      ['port-for --serve', 'at @unittest-portserver, from the good ports'],
      ['port-for --serve /run/ports --pool 20000-20999', 'SIGUSR1 prints what it has done'],
    ],
    load: () => (require('./commands/serve') as typeof import('./commands/serve')).serve,
  },
  build: {
    summary:
      'build the addon from its sources, where no prebuilt one fits: takes python3, make and a C++ compiler',
    options: [],
    load: () => (require('./commands/build') as typeof import('./commands/build')).build,
  },
  prune: {
    summary: 'forget the names of checkouts whose folder is gone',
    options: ['dry-run', 'json', 'config', 'user', 'system'],
    load: () => (require('./commands/prune') as typeof import('./commands/prune')).prune,
  },
  completion: {
    summary: 'print a script that completes the words of both commands in SHELL: bash, zsh or fish',
    words: { usage: 'SHELL', noun: 'shell', least: 1, most: 1, completes: ['bash', 'zsh', 'fish'] },
    options: [],
    examples: [
      ['eval "$(port-for --completion bash)"', 'in ~/.bashrc; likewise zsh'],
      ['port-for --completion fish | source', 'in ~/.config/fish/config.fish'],
    ],
    load: () => completionOf,
  },
  version: {
    summary: 'print the version',
    options: [],
    load: () => (require('./commands/version') as typeof import('./commands/version')).printVersion,
  },
  help: {
    summary: 'print this; with a mode, all about that mode',
    words: { usage: '[--MODE]', noun: 'word', least: 0, most: Infinity },
    options: [],
    load: () => helpOf,
  },
};

export const PORT_FOR: Table<typeof OPTIONS> = {
  name: 'port-for',
  summary: 'prints the port of a name: a good, unused one, the same one for ever.',
  options: OPTIONS,
  modes: MODES,
  usual: 'bind',
  alternatives: ALTERNATIVES,
  overview: {
    options: ['port', 'prefer', 'json', ...WHERE],
    examples: [
      ['port-for --run web -- node server.js', ''],
      ['node server.js --port "$(port-for my-app)"', ''],
      ['port-for --scan 8000-9000', ''],
    ],
    notes:
      'Without --config, --user, --system or --store: the file that PORT_FOR_CONFIG names, else the machine\'s if you may write it, else your own. PORT_FOR_HERE=1 means --here. Exit codes: 0 done, 1 failed, 2 invalid arguments, 3 nobody (--who). "port-for --scan --help" tells all about one mode.',
  },
};

function completionOf({ words: [shell = ''] }: { words: readonly string[] }): number {
  const { printCompletion } = require('./commands/completion') as typeof import('./commands/completion');
  const { PORTEND } = require('./waiting/table') as typeof import('./waiting/table');
  return printCompletion(shell, PORT_FOR, PORTEND);
}

function helpOf({ values }: { values: object }): number {
  const { printHelp } = require('./commands/help') as typeof import('./commands/help');
  return printHelp(PORT_FOR, Object.keys(values));
}
