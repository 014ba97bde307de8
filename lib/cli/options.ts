import type { Call, Options, OptionValues } from './table/table';

/**
 * All options of `port-for`; those that choose a mode come first. The short ones are those of Python's port-for 0.4.
 * A mode takes those that its entry in `modes.ts` names.
 */
export const OPTIONS = {
  bind: { type: 'string', short: 'b', value: 'NAME', help: 'the same as NAME alone', completes: 'name' },
  unbind: { type: 'string', short: 'u', value: 'NAME', help: 'forget NAME', completes: 'name' },
  list: { type: 'boolean', short: 'l', help: 'print all names and their ports' },
  run: { type: 'boolean', help: 'run a command with its ports held' },
  temp: { type: 'boolean', help: 'take ports of no name' },
  scan: { type: 'boolean', help: 'print which ports are used' },
  who: { type: 'boolean', help: 'tell who has a port' },
  explain: { type: 'boolean', help: 'tell why a port is good or not' },
  stop: { type: 'boolean', help: 'stop what listens on a port' },
  build: { type: 'boolean', help: 'build the addon from its sources' },
  version: { type: 'boolean', short: 'v', help: 'print the version' },
  help: { type: 'boolean', short: 'h', help: 'print this; with a mode, all about that mode' },

  port: { type: 'string', short: 'p', value: 'N', help: 'take port N for the name' },
  host: { type: 'string', value: 'HOST', help: 'scan HOST, not this machine' },
  method: {
    type: 'string',
    value: 'METHOD',
    help: 'how to ask: bind, connect, both, or table',
    completes: ['bind', 'connect', 'both', 'table'],
  },
  config: {
    type: 'string',
    value: 'FILE',
    help: 'keep names in FILE, not in /etc/port-for.conf',
    completes: 'file',
  },
  user: { type: 'boolean', help: 'keep names in your own ~/.config/port-for.conf' },
  timeout: { type: 'string', value: 'SECONDS', help: 'how long to wait' },
  force: { type: 'boolean', help: 'kill at once, and insist' },
  'dry-run': { type: 'boolean', help: 'tell what would be done, and do nothing' },
  udp: { type: 'boolean', help: 'a UDP port, not a TCP one' },
  json: { type: 'boolean', help: 'print JSON' },
} as const satisfies Options;

/** What was said of them. */
export type PortForValues = OptionValues<typeof OPTIONS>;

export type PortForCall = Call<typeof OPTIONS>;
