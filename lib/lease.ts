import { PortForError } from './errors';
import type { Host } from './host';
import { type PickOptions, pick, pickSync } from './judged-pick';
import { addon, type Pick } from './native';
import { checkCount } from './pick';

/** A lease takes the options of a pick. */
export type LeaseOptions = PickOptions;

/** What a lease can be used to listen with: a `net.Server` and all made of it (`http`, `https`, `http2`, `tls`). */
interface ListeningServer {
  listen(options: object): unknown;
  once(event: string, listener: (...values: unknown[]) => void): unknown;
  removeListener(event: string, listener: (...values: unknown[]) => void): unknown;
}

/** A `dgram.Socket`. */
interface BindingSocket extends Omit<ListeningServer, 'listen'> {
  bind(options: object): unknown;
}

/**
 * Whether a server that sets SO_REUSEADDR, as Node's do, can listen on a port beside the socket that holds it. On
 * other systems it has to be handed that socket.
 */
const SERVERS_LISTEN_BESIDE = process.platform === 'linux' || process.platform === 'android';

/**
 * A port that this process holds in the kernel: no plain bind, no `bind(0)` and no outgoing connection of anybody is
 * given it, until {@link release} or the end of the process, however it ends. It keeps no process alive and is
 * inherited by no child.
 *
 * On Linux the holder's server simply listens on {@link port}, as often as it likes, while the lease is held: bind
 * beside it takes SO_REUSEADDR, which Node, Go, Python, nginx and Java set. Elsewhere {@link listen} hands the held
 * socket over. A lease is no access control: another process that sets SO_REUSEADDR and names the very port can
 * listen there too.
 */
export class Lease implements Disposable, AsyncDisposable {
  readonly port: number;
  /** Where the port is held: undefined means every local address. */
  readonly host: Host | undefined;
  #number: number;

  /** Leases are made by {@link lease} and its kin. */
  constructor(port: number, host: Host | undefined, number: number) {
    this.port = port;
    this.host = host;
    this.#number = number;
    forgotten.register(this, { port, number }, this);
  }

  /** Whether the port was let go, or its socket handed over. */
  get released(): boolean {
    return addon.leaseDescriptor(this.#number, 0) === -1;
  }

  /** Lets the port go; harmless when that was done. A server that listens on it goes on. */
  release(): void {
    forgotten.unregister(this);
    addon.releaseLease(this.#number);
  }

  [Symbol.dispose](): void {
    this.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
  }

  /**
   * The descriptor of the socket that holds the port, bound and not listening, for a child to inherit by `stdio`. It
   * stays the lease's: never close it or hand it to a server, which is what {@link detach} is for.
   *
   * @throws PortForError with code `ERR_PORT_RELEASED` when the lease is over.
   */
  get fd(): number {
    return this.#checkHeld(addon.leaseDescriptor(this.#number, 0));
  }

  /** Hands the socket that holds the port to the caller, who closes it, and ends the lease. */
  detach(): number {
    const descriptor = this.#checkHeld(addon.takeLeaseDescriptor(this.#number, 0));
    this.release();
    return descriptor;
  }

  /**
   * Makes `server` listen on the held port, at `host`, and resolves when it does. On Linux the lease goes on, and
   * the server may stop and listen again; elsewhere the held socket becomes the server's and the lease ends.
   *
   * @throws the server's own error when it cannot listen.
   */
  async listen<S extends ListeningServer | BindingSocket>(
    server: S,
    host: Host | undefined = this.host,
  ): Promise<S> {
    const listening = settled(server);
    const place = SERVERS_LISTEN_BESIDE ? { port: this.port } : { fd: this.detach() };
    if ('listen' in server) server.listen(host === undefined ? place : { ...place, host });
    else server.bind(host === undefined ? place : { ...place, address: host });
    await listening;
    return server;
  }

  #checkHeld(descriptor: number): number {
    if (descriptor !== -1) return descriptor;
    throw new PortForError('ERR_PORT_RELEASED', `the lease of port ${this.port} is over: take a new one`);
  }
}

/**
 * A held free port: a good one, or one of `ports`.
 *
 * @throws NoFreePortError when every candidate is used. PortSystemError when no descriptor is left.
 */
export async function lease(options: LeaseOptions = {}): Promise<Lease> {
  return only(await leaseMany(1, options));
}

/** {@link lease} at once. `host` must be an IP address or `localhost`. */
export function leaseSync(options: LeaseOptions = {}): Lease {
  return only(leaseManySync(1, options));
}

/** `count` held ports, 1 to 65535, or an error and none. Each costs one descriptor for a transport and address. */
export async function leaseMany(count: number, options: LeaseOptions = {}): Promise<Lease[]> {
  return toLeases(await pick(checkCount(count), options, true), options.host);
}

/** {@link leaseMany} at once. */
export function leaseManySync(count: number, options: LeaseOptions = {}): Lease[] {
  return toLeases(pickSync(checkCount(count), options, true), options.host);
}

function toLeases({ ports, leases }: Pick, host: Host | undefined): Lease[] {
  return leases.map((number, index) => new Lease(ports[index] ?? 0, host, number));
}

function only([lease]: readonly Lease[]): Lease {
  if (lease === undefined) throw new TypeError('the addon returned no lease');
  return lease;
}

/** Resolves when `server` listens, rejects when it cannot. */
function settled(server: ListeningServer | BindingSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const onListening = () => {
      server.removeListener('error', onError);
      resolve();
    };
    const onError = (error: unknown) => {
      server.removeListener('listening', onListening);
      reject(error);
    };
    server.once('listening', onListening);
    server.once('error', onError);
  });
}

let hasWarned = false;

const forgotten = new FinalizationRegistry<{ port: number; number: number }>(({ port, number }) => {
  addon.releaseLease(number);
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning(
    `The lease of port ${port} was lost without release(), and the port let go. Keep the lease for as long as you ` +
      'need the port, and release it then. Further losses are not reported.',
    { type: 'LostLeaseWarning', code: 'PORT_LEASE_LOST' },
  );
});
