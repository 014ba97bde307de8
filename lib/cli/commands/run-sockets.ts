import type { Lease } from '../../lease/lease';
import { HAND_OVER } from '../../lease/listen';
import type { RunSettings } from '../run-command';

/** The first descriptor of those that service managers pass on (sd_listen_fds(3)). */
const FIRST_LISTEN_FD = 3;

/** Of those that only keep the port held: far from any number that a command, a shell or make uses itself. */
const FIRST_HELD_FD = 100;

/**
 * What a command inherits of the leases of its ports. On Linux those are the sockets that hold them, so that they stay
 * held for as long as it runs, even if this process is killed. Where no server can listen beside a lease, the ports are
 * let go.
 */
export function heldSockets(held: ReadonlyMap<string, Lease>): Omit<RunSettings, 'variables'> {
  const leases = [...held.values()];
  if (HAND_OVER === 'beside') {
    return { descriptors: { first: FIRST_HELD_FD, fds: leases.flatMap(({ fds }) => fds) } };
  }
  for (const lease of leases) lease.release();
  return {};
}

/** Sockets that listen, as systemd passes them on, and as nginx knows them. */
export function listeningSockets(
  held: ReadonlyMap<string, Lease>,
  variables: Record<string, string>,
): RunSettings {
  const sockets = [...held].flatMap(([name, lease]) => lease.activate().map((fd) => ({ name, fd })));
  return {
    variables: {
      ...variables,
      LISTEN_FDS: `${sockets.length}`,
      LISTEN_FDNAMES: sockets.map(({ name }) => name).join(':'),
      NGINX: sockets.map((_, index) => `${FIRST_LISTEN_FD + index};`).join(''),
    },
    descriptors: { first: FIRST_LISTEN_FD, fds: sockets.map(({ fd }) => fd) },
    tellsPid: true,
  };
}
