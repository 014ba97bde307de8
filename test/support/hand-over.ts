import type { Lease } from '../../lib/lease/lease';
import {
  type BindingSocket,
  HAND_OVER,
  type HandOver,
  type LeaseListenOptions,
  type ListeningServer,
  listenOn,
} from '../../lib/lease/listen';

/** The manners that end a lease, as far as this system knows them. */
export const ENDING_MANNERS: readonly HandOver[] =
  process.platform === 'win32' ? ['handle', 'reopen'] : ['socket', 'handle', 'reopen'];

/** Those that hand the socket itself over. */
export const SOCKET_MANNERS = ENDING_MANNERS.filter((manner) => manner !== 'reopen');

/** Makes `server` listen on the port of `held` in one manner. Windows gives no descriptors but to its own. */
export async function handOver(
  held: Lease,
  server: ListeningServer | BindingSocket,
  options: LeaseListenOptions,
  manner: HandOver,
): Promise<void> {
  if (manner === HAND_OVER) await held.listen(server, options);
  else await listenOn(held, server, options, manner);
}

/** Why no descriptor of a socket can be had; false where one can. */
export const NO_DESCRIPTORS: string | false =
  process.platform === 'win32' ? 'sockets are no descriptors on Windows' : false;
