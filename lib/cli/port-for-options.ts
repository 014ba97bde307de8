import type { OptionValues } from './parse-words';

/** All options of `port-for`. Those that choose a mode come first. */
export const PORT_FOR_OPTIONS = {
  bind: { type: 'string' },
  unbind: { type: 'string' },
  list: { type: 'boolean' },
  run: { type: 'boolean' },
  temp: { type: 'boolean' },
  scan: { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  port: { type: 'string' },
  host: { type: 'string' },
  method: { type: 'string' },
  config: { type: 'string' },
  user: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** What was said of them. */
export type PortForValues = OptionValues<typeof PORT_FOR_OPTIONS>;
