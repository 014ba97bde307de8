import type { HeldSocket } from '../../lib/who/port-use';

/** What is told of a server on this machine that no process is named for. */
export const LISTENER: HeldSocket = {
  address: '127.0.0.1',
  state: 'listen',
  listens: true,
  exposure: 'this machine',
  takesIPv4: true,
  clients: 0,
  holder: 'processes',
  processes: [],
};
