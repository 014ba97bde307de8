import type { PortBits } from '../ports/port-spec';
import type { Transport } from '../ports/transport';

/** Which sockets of the socket table count: all that hold a port, or those that wait for clients. */
export type TableStates = 'all' | 'listen';

/**
 * The whole contract with the addon. It knows ports, addresses and sockets, and throws a TypeError or RangeError for an
 * argument that is not what is declared here. Ports cross the boundary as bitmaps, hosts as IP addresses
 * in text; an empty list of hosts to bind at means the dual-stack wildcard, every local address. What the kernel
 * refuses for a reason that says nothing about a port is thrown as an {@link PortSystemError}.
 */
export interface Addon {
  /** The kernel's ephemeral ranges as `[low, high, low, high...]`, ends included. */
  ephemeralRanges(): number[];
  /** The ranges that the administrator keeps out of them (Linux `ip_local_reserved_ports`), in the same form. */
  reservedRanges(): number[];

  /** The local ports of the kernel's socket table; undefined where the system has none that can be read. */
  tablePorts(transport: Transport, states: TableStates): PortBits | undefined;
  /**
   * Looks again and again on a thread whether somebody listens at the TCP addresses that the watch is given. Tells of
   * each after the first look and when it changes, as a list of `id, state` pairs: 1 somebody listens, 0 nobody does, -1
   * it cannot be told. Undefined where no thread can be had. Keeps no process alive.
   */
  watchListeners(pace: SweepPace, onChange: (changes: readonly number[]) => void): ListenerWatch | undefined;
  tableSockets(transport: Transport, states: TableStates, ports?: PortBits): TableSocket[] | undefined;
  /**
   * The processes that have the sockets with these keys open, by process number; more than one for a socket where
   * children inherited it. Leaves out those that the system hides.
   */
  socketOwners(ownerKeys: readonly number[]): SocketOwner[];
  /** The same, sought on another thread. */
  findSocketOwners(ownerKeys: readonly number[]): Promise<SocketOwner[]>;
  /** Those that have a port open, the listeners first, sought on another thread. */
  findPortOwners(transport: Transport, port: number): Promise<SocketOwner[]>;
  /**
   * Calls `onEnd` once when process `pid` has ended, with its status as wait(2) encodes it, or without where the system
   * does not tell. Returns what stops the watch; null if there is no such process, undefined where the system cannot
   * watch it. Keeps no process alive.
   */
  watchProcess(pid: number, onEnd: (status?: number) => void): (() => void) | null | undefined;
  /**
   * Whether a connection to a port of an address of this machine meets a listener, there or on a wildcard, as the
   * kernel's socket table has it; nothing is sent. Undefined where that cannot be told.
   */
  isListening(address: string, port: number): boolean | undefined;

  /**
   * A process by a handle that never stands for another one that got its number later (pidfd on Linux). Undefined where
   * there is no such process, and where the system has no such handles. The caller closes it.
   */
  openProcess(pid: number): number | undefined;
  /** Sends a signal, by number; on Windows each ends the process. False where it has ended. */
  signalProcess(process: number, signal: number): boolean;
  processHasEnded(process: number): boolean;
  /** Harmless when it is closed. */
  closeProcess(process: number): void;

  /** Whether a text is an IP address of either family. */
  isAddress(text: string): boolean;
  /** Whether an IP address is one of this machine. */
  isLocalAddress(host: string): boolean;
  /** Whether this machine knows a way to an IP address; nothing is sent. */
  hasRoute(host: string): boolean;

  /**
   * Judges one random port of a set, by bind and by connect, as far as that takes no waiting: returns it if it is free
   * for TCP on every address. 0 if not, whatever the reason: the calls below find a free one, or tell it.
   */
  pickAtOnce(ports: PortBits): number;
  /**
   * Judges ports in random order, by bind and by connect, until as many as wanted are free. Fewer come back only when
   * all others are used.
   */
  pickSync(request: PickRequest): Pick;
  pick(request: PickRequest): Job<Pick>;

  /**
   * Asks for every port of a set by one method. Undefined where there is nobody to ask: no socket table, or a host that
   * is left out. Two scans of this machine run at a time, and sixteen of others.
   */
  scanSync(request: ScanRequest): ScanBits | undefined;
  scan(request: ScanRequest): Job<ScanBits | undefined>;

  /** The class of the leases that a pick returns. */
  readonly LeaseHandle: { new (): LeaseHandle; readonly prototype: LeaseHandle };
  /** Makes calls on a socket wait, in whichever process. */
  setBlocking(fd: number): void;
  /**
   * The descriptor of a Unix socket at a name of Linux's abstract namespace, which listens there or is connected to who
   * does. Node.js up to 20 fills such names with zeros, so that no other program finds them. ENOSYS but on Linux.
   */
  openAbstractSocket(name: string, listens: boolean): number;

  /**
   * Ends connected sockets as a client does: sends a FIN and reads until the peers have closed their ends, for
   * `patience` ms at most. Blocks the thread; does not close the descriptors. Not on Windows.
   */
  hangUp(descriptors: readonly number[], patience: number): void;
  /**
   * Ends a connected socket as a client does, on a thread, with a descriptor of its own: the end of the environment waits
   * for that up to 400 ms, or 2 s where the server goes on speaking. What the server says reaches either descriptor. Not
   * on Windows.
   */
  hangUpBehind(descriptor: number): void;
  /** How many more descriptors this process may open, about; a guess where the system does not tell. */
  descriptorsLeft(): number;

  /** Whether this process has an administrator's rights: it is root, or on Windows elevated. */
  isAdministrator(): boolean;
  /**
   * Whether a file belongs to an administrator, to the system or to the user of this process; undefined where there is
   * none, or nobody tells.
   */
  hasTrustedOwner(path: string): boolean | undefined;
  /** Takes the exclusive lock of an open file; false while somebody else has it. Closing the file lets it go. */
  tryLock(fd: number): boolean;
  /**
   * Takes a lock of an open file's content, shared or exclusive; false while somebody else's is in the way. On Linux
   * only a descriptor that may write can take the exclusive one. Closing the file lets it go.
   */
  tryLockContent(fd: number, isExclusive: boolean): boolean;
  /**
   * Keeps writers off a file that is open for reading, until it is closed: whoever opens it for writing waits. False
   * while somebody, this process included, has it open for writing; undefined where that cannot be had: not on Linux,
   * or not the owner of the file.
   */
  holdOffWriters(fd: number): boolean | undefined;
  /** Whether writers are still held off, and none waits. */
  areWritersHeldOff(fd: number): boolean;

  /**
   * Opens the folder at an absolute path, for the calls below. A symbolic link on the way is an error. Not on Windows,
   * as those calls: ENOSYS.
   */
  openFolder(path: string): number;
  /**
   * Opens a file of an open folder with the flags of `fs.constants`. Follows no symbolic link; never waits. Undefined
   * where there is no such file and none is to be made.
   */
  openInFolder(folder: number, name: string, flags: number, mode: number): number | undefined;
  /** Of a symbolic link, the facts of the link itself. */
  statInFolder(folder: number, name: string): FileFacts;
  renameInFolder(folder: number, from: string, to: string): void;
  /** Gives a file a second name. */
  linkInFolder(folder: number, from: string, to: string): void;
  /** False where there is no such file. */
  unlinkInFolder(folder: number, name: string): boolean;
  makeFolderInFolder(folder: number, name: string, mode: number): void;
  /** Closes what `openFolder` or `openInFolder` opened: Node warns of descriptors in workers that it did not open. */
  closeDescriptor(descriptor: number): void;

  /** From here on keeps the signals that are sent to this process, for a child to come. Not on Windows. */
  catchSignals(): void;
  /** Passes those, and all that come from other processes, on to a child. The terminal's reach it by themselves. */
  relaySignalsTo(pid: number): void;
  /** Drops the signals that come from here on, until `catchSignals`: the child has ended. */
  endSignalRelay(): void;
  /** The number of the last signal that asked this process to end; 0 for none. */
  endingSignal(): number;
}

/** A part of what `fs.BigIntStats` has. */
export interface FileFacts {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
  readonly mode: bigint;
}

/** How long to rest between two sweeps, ms. */
export interface SweepPace {
  /** Up to which time since the watch began or was hurried last, which rest; the last one is for ever. */
  steps: readonly (readonly [until: number, rest: number])[];
  /** A rest is at least so many times what the sweep took. */
  restPerSweep: number;
}

export interface ListenerWatch {
  /** Looks at a port of an IP address of this machine too, at once, and begins the pace anew. */
  add(id: number, address: string, port: number): void;
  /** Looks at it no more. */
  remove(id: number): void;
  /** Begins the pace anew, with a sweep. */
  hurry(): void;
  /** Ends the watch: no callback runs after this. */
  stop(): void;
}

export interface PickRequest {
  /** The candidates. */
  ports: PortBits;
  count: number;
  hosts: readonly string[];
  transports: readonly Transport[];
  hold: Hold;
  /**
   * TCP sockets count only when they listen or lack SO_REUSEADDR: those that a closed server left behind (TIME_WAIT) do
   * not, nor do leases, for which the caller has to look in the socket table.
   */
  reuseAddress: boolean;
}

/** Whether the ports stay bound, each with a lease; with `'exclusive'` no server is admitted beside them. */
export type Hold = boolean | 'exclusive';

export interface Pick {
  ports: number[];
  /** How many candidates this process may not bind (EACCES). */
  denied: number;
  /** As many as ports where they are held, else none. */
  leases: LeaseHandle[];
}

/**
 * The sockets that hold one port, one for each transport and host. It closes them when it is collected, and when the
 * JavaScript environment ends. Where a method takes a transport or nothing, nothing means all.
 */
export interface LeaseHandle {
  /** Whether it holds a socket still. */
  holds(transport?: Transport): boolean;
  /**
   * The descriptors of the sockets, those of TCP first. Makes them fit for others to use: a held datagram socket takes
   * nothing in until then, where that can be done.
   */
  descriptors(transport?: Transport): number[];
  /** Hands the first of those sockets to the caller, who closes it; undefined where none is left. */
  take(transport: Transport): number | undefined;
  /** Closes the sockets; harmless when they are closed. */
  release(transport?: Transport): void;
  /**
   * A socket for a server on a port that is held exclusively: listening (TCP) or bound (UDP) at an address, or for `''`
   * where the port is held. Throws EADDRINUSE where the port has a server there. Linux alone.
   */
  openServer(transport: Transport, address: string, isIpv6Only: boolean): ServerSocket;
  /** Makes held sockets that listen for a server hold their port only. */
  endListening(): void;
  /** Makes the sockets listen (TCP), and calls on them wait, as a service manager passes them on. */
  activate(): void;
}

/**
 * What a socket is doing, in the terms of TCP (RFC 9293). `'bound'` is a socket that has a port and nothing else;
 * `'unconnected'` a datagram socket that takes datagrams of any peer.
 */
export type SocketState =
  | 'listen'
  | 'established'
  | 'syn-sent'
  | 'syn-received'
  | 'fin-wait-1'
  | 'fin-wait-2'
  | 'time-wait'
  | 'close-wait'
  | 'last-ack'
  | 'closing'
  | 'bound'
  | 'unconnected';

export interface ServerSocket {
  /** The caller's, who closes it. */
  fd: number;
  /**
   * How others were kept out while it was made. `held`: it is the socket that holds the port, which goes on listening
   * until `endListening`. `kept`: it is another one, and nobody could come in. `gate`: sockets with SO_REUSEADDR could,
   * for some microseconds.
   */
  way: 'held' | 'kept' | 'gate';
}

export interface TableSocket {
  /** The local address and port. */
  address: string;
  port: number;
  /** Whether it waits for clients. */
  listens: boolean;
  state: SocketState;
  /** The other end of a connection. */
  remoteAddress?: string;
  remotePort?: number;
  /** The user whose socket it is; not on Windows, and not where it only lingers. */
  userId?: number;
  /** Set where a socket at `::` takes no IPv4, and the system tells. */
  isV6Only?: boolean;
  /** How many ms the kernel keeps it at the latest, where it is in TIME_WAIT and the system tells. */
  lingersFor?: number;
  /** Whether a process has it open; not where it only lingers (TIME_WAIT). */
  hasProcess: boolean;
  /** What `socketOwners()` finds its processes by; 0 where there is none. */
  ownerKey: number;
}

export interface SocketOwner {
  ownerKey: number;
  pid: number;
  /** The short name of the process; empty where the system hides it, like its command line. */
  name: string;
  command: string;
}

export interface ScanRequest {
  ports: PortBits;
  method: 'bind' | 'connect' | 'table';
  /** To bind at: any number. To connect to: one, which is where clients reach the host. */
  hosts: readonly string[];
  transports: readonly Transport[];
  /** Milliseconds for each connection. */
  timeout: number;
  /** Connections under way at most. */
  concurrency: number;
  /** Accepted connections are reset, rather than ended as a client ends them. */
  reset: boolean;
  /**
   * The host to connect to is left out where no connection of this machine to itself by it works, as by `::1` where
   * IPv6 is off: for a loopback address that stands for every address.
   */
  skipIfDown: boolean;
}

export interface ScanBits {
  free: PortBits;
  used: PortBits;
  denied: PortBits;
  filtered: PortBits;
  unreachable: PortBits;
}

/** Work on a thread of the addon. It ends with the JavaScript environment. */
export interface Job<Result> {
  result: Promise<Result>;
  /** How many ports of a scan were asked so far. */
  done(): number;
  /** How many questions have ended; what nobody answers is asked again, so that there are more of these than ports. */
  ended(): number;
  /** Ends the work early: the result of a scan then lacks ports, that of a pick is an error. */
  cancel(): void;
}
