import type { Call, Options } from '../table/table';

/** All options of `portend`. */
export const OPTIONS = {
  start: {
    type: 'string',
    value: 'COMMAND...',
    help: 'start a server, run a command when it is ready, end it',
  },
  timeout: {
    type: 'string',
    short: 't',
    value: 'SECONDS',
    help: 'give up after 30, 0.5, 0 (asks once); else never',
  },
  steady: { type: 'string', value: 'MS', help: 'a connection must last so long, or the server speak' },
  status: { type: 'string', value: 'CODES', help: 'what HTTP servers answer: 204, 200-399; else 200-299' },
  header: { type: 'string', value: "'NAME: TEXT'", help: 'send it with each HTTP request; may be repeated' },
  insecure: { type: 'boolean', help: 'take any TLS certificate' },
  ca: { type: 'string', value: 'FILE', help: 'trust the certificates in this PEM file', completes: 'file' },
  servername: { type: 'string', value: 'NAME', help: 'the name to ask TLS servers for' },
  while: { type: 'string', value: 'PID', help: 'fail as soon as this process ends' },
  json: { type: 'boolean', short: 'j', help: 'print what came of it as one line of JSON' },
  verbose: { type: 'boolean', short: 'v', help: 'tell on standard error what is tried and what it said' },
  version: { type: 'boolean', help: 'print the version' },
  help: { type: 'boolean', short: 'h', help: 'print this' },
} as const satisfies Options;

export type PortendCall = Call<typeof OPTIONS>;
