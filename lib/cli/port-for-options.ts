import type { OptionValues } from './parse-words';

/** The options of `port-for`, those that choose a mode first. */
export const PORT_FOR_OPTIONS = {
  bind: { type: 'string' },
  unbind: { type: 'string' },
  list: { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  port: { type: 'string' },
  config: { type: 'string' },
  user: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

export type PortForValues = OptionValues<typeof PORT_FOR_OPTIONS>;
