import type { Call, Options } from '../table/table';

/** All options of `portend`. */
export const OPTIONS = {
  timeout: {
    type: 'string',
    short: 't',
    value: 'SECONDS',
    help: 'give up after 30, 0.5, 0 (asks once); else never',
  },
  json: { type: 'boolean', short: 'j', help: 'print what came of it as one line of JSON' },
  verbose: { type: 'boolean', short: 'v', help: 'tell on standard error what is tried and what it said' },
  version: { type: 'boolean', help: 'print the version' },
  help: { type: 'boolean', short: 'h', help: 'print this' },
} as const satisfies Options;

export type PortendCall = Call<typeof OPTIONS>;
