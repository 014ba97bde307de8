import type { Server as HttpServer, RequestListener } from 'node:http';
import { addon } from '../addon/addon';
import type { Hold, LeaseHandle, Pick } from '../addon/contract';
import { invalidType } from '../arguments/invalid-argument';
import { checkObject } from '../arguments/options';
import { PortForError } from '../errors/port-for-error';
import type { Host } from '../host/host';
import { type PickOptions, pick, pickSync } from '../pick/judged-pick';
import { checkCount } from '../ports/port';
import type { Transport } from '../ports/transport';
import { checkTransport, type TransportChoice, toTransports } from '../ports/transport';
import type { BindingSocket, LeaseListenOptions, ListeningServer } from './listen';

/** A lease takes the options of a pick, and one more. */
export interface LeaseOptions extends PickOptions {
  /**
   * Whether the port is held against servers that set SO_REUSEADDR too, as get-port, portfinder and detect-port do when
   * they try a port by listening on it. The holder's own server then gets it by {@link Lease.listen} alone.
   */
  exclusive?: boolean | undefined;
}

/** Nothing can interrupt a lease that is taken at once. */
export type LeaseSyncOptions = Omit<LeaseOptions, 'signal'>;

/**
 * A port that this process holds in the kernel: no plain bind, no `bind(0)` and no outgoing connection of anybody is
 * given it, until {@link release} or the end of the process or worker thread, however it ends. It keeps no process
 * alive and is inherited by no child.
 *
 * - Linux: the holder's server, and that of a child, simply listens on {@link port}, as often as it likes, while the
 *   lease is held. To bind beside it takes SO_REUSEADDR, which TCP servers of Node, Go, Python, nginx and Java set, and
 *   datagram sockets of Node with `reuseAddr: true`. It is no access control: whoever sets SO_REUSEADDR and names the
 *   very port can listen there too, and with UDP `bind(0)` with SO_REUSEADDR can meet a held port of the ephemeral
 *   range. Against both there is `exclusive`, with which the server comes by {@link listen} alone.
 * - BSD, macOS: every lease is exclusive; {@link listen} hands the held socket over, and ends the lease.
 * - Windows: as on BSD and macOS; a lease of one address does not keep servers off the wildcard address (`0.0.0.0`).
 */
export class Lease implements Disposable, AsyncDisposable {
  /** The held port, 1 to 65535. */
  readonly port: number;
  /** Where the port is held: undefined means every local address. */
  readonly host: Host | undefined;
  /** For what it is held. */
  readonly transport: TransportChoice;
  /** Whether servers are kept out that do not come by {@link listen}. */
  readonly exclusive: boolean;
  readonly #handle: LeaseHandle;

  /**
   * Leases are made by {@link lease} and its kin.
   * @internal
   */
  constructor(
    port: number,
    handle: LeaseHandle,
    { host, transport = 'tcp', exclusive = false }: LeaseOptions = {},
  ) {
    if (!(handle instanceof addon.LeaseHandle)) {
      const message = 'a lease is not made by new: call lease(), leaseMany(), leaseSync() or leaseManySync()';
      throw Object.assign(new TypeError(message), { code: 'ERR_PORT_INVALID_TYPE' });
    }
    this.port = port;
    this.host = host;
    this.transport = transport;
    this.exclusive = exclusive;
    this.#handle = handle;
    forgotten.register(this, port, this);
  }

  /** Whether the port was let go, or every socket that held it handed over. */
  get released(): boolean {
    return !this.#handle.holds();
  }

  /**
   * Whether the port is held for `transport`.
   * @param transport `'tcp'` or `'udp'`
   */
  holds(transport: Transport): boolean {
    return this.#handle.holds(checkTransport(transport));
  }

  /**
   * Lets the port go, or of a lease for both transports only its part for `transport`; harmless when that was done.
   * A server that listens on the port goes on.
   * @param transport the one to let go; both by default
   */
  release(transport?: Transport): void {
    this.#handle.release(transport === undefined ? undefined : checkTransport(transport));
    this.#forgetIfOver();
  }

  /** Releases the lease at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** Releases the lease at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
  }

  /** The first of {@link fds}: where one transport is held on every local address, the only one. */
  get fd(): number {
    return this.#checkHeld(this.fds[0]);
  }

  /**
   * The descriptors of the sockets that hold the port, bound and not listening, for a child to inherit by `stdio`:
   * one for each transport (TCP first) and address. They stay the lease's: never close one or hand it to a server,
   * which is what {@link detach} is for. From here on a UDP socket takes datagrams in, which before it leaves alone.
   * They do not block (O_NONBLOCK); a child whose program expects that they do is given those of {@link activate}, or
   * one that {@link detach} made blocking.
   *
   * @throws PortForError with code `ERR_PORT_RELEASED` when the lease is over, and with `ERR_PORT_NO_DESCRIPTOR` on
   *   Windows. PortSystemError with EADDRINUSE while a server of an exclusive lease listens at another address.
   */
  get fds(): number[] {
    checkDescriptors();
    const descriptors = this.#handle.descriptors();
    this.#checkHeld(descriptors[0]);
    return descriptors;
  }

  /**
   * Hands the socket that holds the port, by `transport` if the lease is for both, to the caller, who closes it. The
   * lease is over when none is left. On Linux the socket has SO_REUSEADDR set unless the lease is exclusive. Calls on it
   * do not block unless `blocking` says so, for programs other than Node.
   *
   * @param transport the one to hand over; the first that the lease is for by default
   * @param options `blocking: true` makes calls on the descriptor block, for programs other than Node
   * @throws PortForError with code `ERR_PORT_RELEASED` when nothing is held any more, and with
   *   `ERR_PORT_NO_DESCRIPTOR` on Windows. PortSystemError as `fds` does.
   */
  detach(
    transport: Transport = toTransports(this.transport)[0] ?? 'tcp',
    { blocking = false }: { blocking?: boolean | undefined } = {},
  ): number {
    checkTransport(transport);
    if (typeof blocking !== 'boolean') throw invalidType('blocking', 'true or false', blocking);
    checkDescriptors();
    const descriptor = this.#checkHeld(this.#handle.take(transport));
    this.#forgetIfOver();
    if (blocking) addon.setBlocking(descriptor);
    return descriptor;
  }

  /**
   * Makes the TCP sockets that hold the port listen, and returns the descriptors of all, blocking, for a child to
   * inherit by `stdio`, as systemd passes sockets on (sd_listen_fds(3)). From here on clients are not refused: they wait
   * until some process accepts their connection, and no server can listen on the port by its number. Whichever process
   * has inherited the sockets can end and be started anew, until {@link release}.
   *
   * @example
   * const held = await lease({ ports: 8080 });
   * const fds = held.activate();
   * spawn('python3', ['server.py'], { stdio: ['inherit', 'inherit', 'inherit', ...fds] });
   *
   * @throws what `fds` throws. PortSystemError with EADDRINUSE while a server listens on the port.
   */
  activate(): number[] {
    checkDescriptors();
    this.#handle.activate();
    return this.fds;
  }

  /**
   * Makes `server` listen on the held port, at the host of the lease unless `options` name another, and resolves with it
   * when it does. On Linux the lease goes on, and the server may stop and listen again. Elsewhere the held
   * socket becomes the server's, or is closed if the server refuses it, and the lease is over, as far as it was for
   * that transport; where the socket does not fit, the port is let go and bound again at once.
   *
   * On Linux, the server of an exclusive lease gets a socket that the addon binds in one call, after a name is resolved.
   * Nobody gets in meanwhile if the lease has that address or it is a loopback address, or if the process may tie sockets
   * to interfaces (root, CAP_NET_RAW). Otherwise, and where connections of an earlier server linger, sockets with
   * SO_REUSEADDR are admitted for some microseconds. One that came in makes this call fail.
   *
   * @param server a `net`, `http`, `https`, `http2` or `tls` server, or a `dgram` socket
   * @param options where to listen, and what else its own `listen` takes
   * @throws the server's own error when it cannot listen, PortForError with code `ERR_PORT_RELEASED` when the lease is
   *   over, with `ERR_PORT_REUSE_ADDRESS` for a datagram socket without `reuseAddr`, and PortEnteredError.
   */
  async listen<S extends ListeningServer | BindingSocket>(
    server: S,
    options?: LeaseListenOptions,
  ): Promise<S>;
  /**
   * Makes a new HTTP server for a request listener listen on the held port, and resolves with it.
   * @param app a request listener, such as an Express app; it gets an HTTP server of its own
   * @param options where to listen, and what else the server's own `listen` takes
   */
  async listen(app: RequestListener, options?: LeaseListenOptions): Promise<HttpServer>;
  async listen(
    app: ListeningServer | BindingSocket | RequestListener,
    options: LeaseListenOptions = {},
  ): Promise<ListeningServer | BindingSocket> {
    const { HAND_OVER, listenOn, toServer } = require('./listen') as typeof import('./listen');
    const server = toServer(app);
    if (this.exclusive && HAND_OVER === 'beside') {
      const { listenExclusively } = require('./listen-exclusively') as typeof import('./listen-exclusively');
      await listenExclusively(this, this.#handle, server, checkObject(options));
    } else {
      await listenOn(this, server, checkObject(options), HAND_OVER, this.#offer.bind(this));
    }
    return server;
  }

  /** What `listen()` gives a socket away by, where it is no descriptor too. */
  #offer(transport: Transport, accept: (descriptor: number) => boolean): void {
    const [descriptor] = this.#handle.descriptors(transport);
    if (descriptor === undefined || !accept(descriptor)) return;
    this.#handle.take(transport);
    this.#forgetIfOver();
  }

  #checkHeld(descriptor: number | undefined): number {
    if (descriptor !== undefined) return descriptor;
    throw new PortForError('ERR_PORT_RELEASED', `the lease of port ${this.port} is over: take a new one`);
  }

  #forgetIfOver(): void {
    if (this.released) forgotten.unregister(this);
  }
}

/** Sockets of Windows are handles of the kernel: taken for a descriptor, one would name some file of the program. */
function checkDescriptors(): void {
  if (process.platform !== 'win32') return;
  throw new PortForError(
    'ERR_PORT_NO_DESCRIPTOR',
    'on Windows a socket is no file descriptor that a child inherits or a server takes: hand the port over with ' +
      'listen(), or pass its number on and release() the lease',
  );
}

/**
 * A held free port: a good one, or one of `ports`.
 *
 * @param options the candidates, exclusions, host, transport and order of a pick, and `exclusive`
 * @throws NoFreePortError when every candidate is used. PortSystemError when no descriptor is left.
 */
export async function lease(options: LeaseOptions = {}): Promise<Lease> {
  return only(await leaseMany(1, options));
}

/**
 * {@link lease} at once. `host` must be an IP address or `localhost`.
 * @param options as of {@link lease}; `host` must be an IP address or `localhost`
 */
export function leaseSync(options: LeaseSyncOptions = {}): Lease {
  return only(leaseManySync(1, options));
}

/**
 * `count` held ports, 1 to 65535, or an error and none. Each costs one descriptor for a transport and address.
 * @param count how many, 1 to 65535
 * @param options the candidates, exclusions, host, transport and order of a pick, and `exclusive`
 */
export async function leaseMany(count: number, options: LeaseOptions = {}): Promise<Lease[]> {
  return toLeases(await pick(checkCount(count), options, checkHold(options)), options);
}

/**
 * {@link leaseMany} at once.
 * @param count how many, 1 to 65535
 * @param options as of {@link leaseMany}; `host` must be an IP address or `localhost`
 */
export function leaseManySync(count: number, options: LeaseSyncOptions = {}): Lease[] {
  return toLeases(pickSync(checkCount(count), options, checkHold(options)), options);
}

/**
 * A lease of one port even where TCP sockets have it that do not listen and set SO_REUSEADDR: connections that a closed
 * server left behind, but also other leases, for which the caller has to look in the socket table.
 */
export function leaseWithReuseSync(port: number, options: LeaseOptions): Lease {
  return only(toLeases(pickSync(1, { ...options, ports: port }, checkHold(options), true), options));
}

function checkHold(options: LeaseOptions): Hold {
  const { exclusive = false } = checkObject(options);
  if (typeof exclusive !== 'boolean') throw invalidType('exclusive', 'true or false', exclusive);
  return exclusive ? 'exclusive' : true;
}

function toLeases({ ports, leases }: Pick, options: LeaseOptions): Lease[] {
  return leases.map((handle, index) => new Lease(ports[index] ?? 0, handle, options));
}

function only([lease]: readonly Lease[]): Lease {
  if (lease === undefined) throw new TypeError('the addon returned no lease');
  return lease;
}

let hasWarned = false;

/** The addon lets the port of a lost lease go by itself. */
const forgotten = new FinalizationRegistry<number>((port) => {
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning(
    `The lease of port ${port} was lost without release(), and the port let go. Keep the lease for as long as you ` +
      'need the port, and release it then. Further losses are not reported.',
    { type: 'LostLeaseWarning', code: 'PORT_LEASE_LOST' },
  );
});
