import type { Call, Options, OptionValues } from './table/table';

/**
 * All options of `port-for`; those that choose a mode come first. The short ones are those of Python's port-for 0.4.
 * A mode takes those that its entry in `modes.ts` names.
 */
export const OPTIONS = {
  bind: { type: 'string', short: 'b', value: 'NAME', help: 'the same as NAME alone', completes: 'name' },
  unbind: { type: 'string', short: 'u', value: 'NAME', help: 'forget NAME', completes: 'name' },
  rebind: { type: 'string', value: 'NAME', help: 'give NAME another port', completes: 'name' },
  list: { type: 'boolean', short: 'l', help: 'print all names and their ports' },
  run: { type: 'boolean', help: 'run a command with its ports held' },
  env: { type: 'boolean', help: 'print ports as NAME_PORT=N lines' },
  temp: { type: 'boolean', help: 'take ports of no name' },
  scan: { type: 'boolean', help: 'print which ports are used' },
  who: { type: 'boolean', help: 'tell who has a port' },
  explain: { type: 'boolean', help: 'tell why a port is good or not' },
  stop: { type: 'boolean', help: 'stop what listens on a port' },
  map: { type: 'boolean', help: 'draw all ports' },
  serve: { type: 'boolean', help: 'give ports to clients of portpicker' },
  build: { type: 'boolean', help: 'build the addon from its sources' },
  prune: { type: 'boolean', help: 'forget checkouts whose folder is gone' },
  completion: {
    type: 'string',
    value: 'SHELL',
    help: 'print a script that completes words in bash, zsh or fish',
    completes: ['bash', 'zsh', 'fish'],
  },
  version: { type: 'boolean', short: 'v', help: 'print the version' },
  help: { type: 'boolean', short: 'h', help: 'print this; with a mode, all about that mode' },

  port: { type: 'string', short: 'p', value: 'N', help: 'take port N for the name' },
  prefer: { type: 'string', value: 'N', help: 'take port N for a new name, if nobody has it' },
  'listen-fds': { type: 'boolean', help: 'pass the ports on as sockets that listen, as systemd does' },
  restart: { type: 'boolean', help: 'run the command again whenever it ends' },
  pool: { type: 'string', value: 'PORTS', help: 'the ports to give, in place of the good ones' },
  ports: {
    type: 'string',
    value: 'PORTS',
    help: 'take the first free ports of PORTS, such as 8000-8100,9000',
  },
  'from-server': {
    type: 'boolean',
    help: 'ask the portserver at $PORTSERVER_ADDRESS for the ports, or that at @unittest-portserver',
  },
  host: { type: 'string', value: 'HOST', help: 'scan HOST, not this machine' },
  method: {
    type: 'string',
    value: 'METHOD',
    help: 'how to ask: bind, connect, both, or table',
    completes: ['bind', 'connect', 'both', 'table'],
  },
  with: { type: 'string', value: 'NAME,...', help: 'ports to tell and not to hold', completes: 'name' },
  export: { type: 'boolean', help: 'print lines for the eval of a shell' },
  // Node up to 20 takes --env-file for its own, wherever it stands, and fails if there is no such file; not so -f.
  'env-file': {
    type: 'string',
    short: 'f',
    value: 'FILE',
    help: 'put the lines into FILE, such as .env',
    completes: 'file',
  },
  here: { type: 'boolean', help: 'names of the checkout you are in: its git worktree, or project' },
  project: { type: 'string', value: 'FOLDER', help: 'names of the checkout FOLDER', completes: 'folder' },
  config: { type: 'string', value: 'FILE', help: 'keep names in FILE', completes: 'file' },
  user: { type: 'boolean', help: 'keep names in your own ~/.config/port-for.conf' },
  system: { type: 'boolean', help: 'keep names in /etc/port-for.conf, for the whole machine' },
  store: {
    type: 'string',
    value: 'URL',
    help: 'keep names in an etcd cluster that many machines share: etcd://HOST:2379/PREFIX',
  },
  timeout: { type: 'string', value: 'SECONDS', help: 'how long to wait' },
  force: { type: 'boolean', help: 'kill at once, and insist' },
  'dry-run': { type: 'boolean', help: 'tell what would be done, and do nothing' },
  concurrency: { type: 'string', value: 'N', help: 'how many connections to have under way at most' },
  reset: { type: 'boolean', help: 'reset connections that are accepted: faster, and leaves no TIME_WAIT' },
  watch: { type: 'boolean', help: 'show what changes, until Ctrl-C' },
  html: {
    type: 'string',
    value: 'FILE',
    help: 'write a page with zoom and search to FILE',
    completes: 'file',
  },
  svg: { type: 'string', value: 'FILE', help: 'write a picture for documents to FILE', completes: 'file' },
  udp: { type: 'boolean', help: 'a UDP port, not a TCP one' },
  json: { type: 'boolean', help: 'print JSON' },
} as const satisfies Options;

/** Words that are rather modes than names: `port-for list`. */
export const MODE_NAMES = Object.keys(OPTIONS).slice(0, Object.keys(OPTIONS).indexOf('help') + 1);

/** What was said of them. */
export type PortForValues = OptionValues<typeof OPTIONS>;

export type PortForCall = Call<typeof OPTIONS>;
