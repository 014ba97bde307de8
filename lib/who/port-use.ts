import type { SocketState } from '../addon/contract';
import type { RemoteEnd } from '../machine/used-sockets';
import type { Transport } from '../ports/transport';
import type { ProcessInfo } from '../process/process-info';
import type { Exposure } from './exposure';
import type { PortName } from './port-names';

/** Who has a socket: processes that are shown, processes that the system hides, the kernel, or nobody any more. */
export type SocketHolder = 'processes' | 'hidden' | 'kernel' | 'nobody';

/** A socket that holds a port, and who has it. */
export interface HeldSocket {
  /** The local address; `'0.0.0.0'` and `'::'` mean every local address. */
  readonly address: string;
  /** What it is doing, in the terms of TCP. */
  readonly state: SocketState;
  /** Whether it waits for clients. */
  readonly listens: boolean;
  /** Who can reach it, judged by its address. */
  readonly exposure: Exposure;
  /** Whether IPv4 reaches it: for a socket at `'::'`, unless it set `IPV6_V6ONLY`. */
  readonly takesIPv4: boolean;
  /** How many clients are connected, where it listens; 0 otherwise. */
  readonly clients: number;
  /** The other end of a connection. */
  readonly remote?: RemoteEnd;
  /** In state `'time-wait'`: after how many ms at most the kernel lets the port go, if the system says so. */
  readonly lingersFor?: number;
  /** The owner of the socket: the user's name, or the number of a user without a name. */
  readonly user?: string;
  /** Who has it. */
  readonly holder: SocketHolder;
  /** The processes that have it open, by number; more than one where children inherited it. */
  readonly processes: readonly ProcessInfo[];
}

/** A port that is used, by whom and for what. */
export interface PortUse {
  /** The port. */
  readonly port: number;
  /** Its transport. */
  readonly transport: Transport;
  /** The names that it is associated with. */
  readonly names: readonly PortName[];
  /** What holds it, listeners first. The connections of their clients are counted, not listed. */
  readonly sockets: readonly HeldSocket[];
}
