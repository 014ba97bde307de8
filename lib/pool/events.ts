import type { PortOwner } from '../machine/port-owners';
import type { Reservation } from './reservation';

/** The events of a port pool. */
export interface PortPoolEvents {
  /** Ports were reserved. */
  reserved: [reservation: Reservation];
  /** Somebody began to listen on a reserved TCP port. */
  listening: [reservation: Reservation, port: number];
  /** Nobody listens on it any more. */
  closed: [reservation: Reservation, port: number];
  /** A restored reservation cannot hold its port: a process that is not the reservation's uses it. */
  taken: [reservation: Reservation, port: number, user: PortOwner | undefined];
  /** The process of a reservation ended, and so did the reservation. */
  expired: [reservation: Reservation];
}
