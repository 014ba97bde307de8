import { addAbortListener } from 'node:events';
import { closeSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import type { ListenOptions } from 'node:net';
import { invalidType } from '../arguments/invalid-argument';
import { PortForError } from '../errors/port-for-error';
import type { Host } from '../host/host';
import type { Transport } from '../ports/transport';
import { adoptSocket, type NodeHandle } from './node-handle';

/** What there is to know of a lease, and to do with it, for a server to get its port. */
export interface PortHolder {
  readonly port: number;
  readonly host: Host | undefined;
  readonly released: boolean;
  holds(transport: Transport): boolean;
  release(transport: Transport): void;
  detach(transport: Transport): number;
}

/** Offers the socket that holds the port to `accept`, which says whether it took it over. */
export type OfferSocket = (transport: Transport, accept: (descriptor: number) => boolean) => void;

/** What listens by TCP: a `net.Server` and all that is made of it (`http`, `https`, `http2`, `tls`). */
export interface ListeningServer extends ServerBase {
  /**
   * Begins to listen.
   * @param options what Node's `listen` takes
   * @param backlog how many connections may wait
   */
  listen(options: object, backlog?: number): unknown;
  /** Stops listening. */
  close?(): unknown;
}

/** A `dgram.Socket`. */
export interface BindingSocket extends ServerBase {
  /** `'udp4'` or `'udp6'`. */
  readonly type?: string;
  /**
   * Binds the socket.
   * @param options what Node's `bind` takes
   */
  bind(options: object): unknown;
}

/** What a server and a datagram socket of Node have in common. */
export interface ServerBase {
  /** Null, or an error, for as long as it has no socket. */
  address?(): unknown;
  /**
   * As of an `EventEmitter`.
   * @param event its name
   * @param listener called once
   */
  once(event: string, listener: (...values: unknown[]) => void): unknown;
  /**
   * As of an `EventEmitter`.
   * @param event its name
   * @param listener no longer called
   */
  removeListener(event: string, listener: (...values: unknown[]) => void): unknown;
}

/** What `Lease#listen` takes: the address, the lease's own unless given, and whatever else the server's listen takes. */
export type LeaseListenOptions = Omit<ListenOptions, 'port' | 'path' | 'fd' | 'host'> & {
  /** Where to listen; the host of the lease by default. */
  host?: Host | undefined;
};

/**
 * How a server of Node gets a port that is held:
 *
 * - `beside`: it binds and listens beside the socket that holds the port, which stays. Linux admits that where both
 *   have SO_REUSEADDR, and keeps everybody else out (socket(7)).
 * - `socket`: it is handed that very socket, because no second one is admitted at the same address (BSD, macOS).
 * - `handle`: it is handed that socket inside a handle of Node's own, because sockets are no descriptors (Windows).
 * - `reopen`: the port is let go and bound again in the same turn, where the socket does not fit or cannot be handed over.
 *   Between the two, for some microseconds, anybody can have the port.
 */
export type HandOver = 'beside' | 'socket' | 'handle' | 'reopen';

/** How it is done on this system. */
export const HAND_OVER: HandOver = handOverOn(process.platform);

export function handOverOn(platform: NodeJS.Platform): HandOver {
  if (platform === 'linux' || platform === 'android') return 'beside';
  return platform === 'win32' ? 'handle' : 'socket';
}

/**
 * Makes `server` listen on the port of `lease` and resolves when it does. A socket is handed over only to a server
 * that it fits: one that is to listen where it is bound and, by datagrams, of its family; another gets the port
 * reopened.
 *
 * @throws the server's own error when it cannot listen.
 */
export async function listenOn(
  lease: PortHolder,
  server: ListeningServer | BindingSocket,
  { host = lease.host, ...others }: LeaseListenOptions,
  manner: HandOver = HAND_OVER,
  offer: OfferSocket = (transport, accept) => accept(lease.detach(transport)),
): Promise<void> {
  const transport = transportOf(server);
  checkHolds(lease, transport);
  const address = host === undefined ? {} : { [transport === 'tcp' ? 'host' : 'address']: host };
  const place = { ...others, ...address, port: lease.port };
  const reopen = () => {
    lease.release(transport);
    return start(server, place);
  };
  switch (manner === 'beside' || fits(lease, server, host) ? manner : 'reopen') {
    case 'beside':
      return start(server, place).catch((error: unknown) => {
        throw explain(error, lease.port, transport);
      });
    case 'socket':
      return start(server, { ...others, fd: lease.detach(transport), exclusive: true });
    case 'handle': {
      const handle = takeHandle(offer, transport);
      return handle === undefined ? reopen() : start(server, { ...others, handle });
    }
    default:
      return reopen();
  }
}

/** The server itself, or a new one for what answers requests. */
export function toServer(
  app: ListeningServer | BindingSocket | RequestListener,
): ListeningServer | BindingSocket {
  if (typeof app !== 'function') return app;
  const { createServer } = require('node:http') as typeof import('node:http');
  return createServer(app);
}

export function transportOf(server: ListeningServer | BindingSocket): Transport {
  // An app of a framework has `listen` too, and tells nobody when its server listens.
  if (typeof server === 'object' && server !== null && 'once' in server && 'address' in server) {
    if ('listen' in server) return 'tcp';
    if ('bind' in server) return 'udp';
  }
  throw invalidType(
    'server',
    'a server of node:net, node:http..., a request listener such as an Express app, or a socket of node:dgram; of ' +
      'another framework, http.createServer(app.callback()) or the like',
    server,
  );
}

export function checkHolds(lease: PortHolder, transport: Transport): void {
  if (lease.holds(transport)) return;
  const { port, released } = lease;
  throw new PortForError(
    'ERR_PORT_RELEASED',
    released
      ? `the lease of port ${port} is over: take a new one`
      : `the lease does not hold port ${port} for ${transport}: take one with transport "${transport}" or "both"`,
  );
}

function takeHandle(offer: OfferSocket, transport: Transport): NodeHandle | undefined {
  let handle: NodeHandle | undefined;
  offer(transport, (descriptor) => {
    handle = adoptSocket(descriptor, transport);
    return handle !== undefined;
  });
  return handle;
}

function fits(lease: PortHolder, server: ListeningServer | BindingSocket, host: Host | undefined): boolean {
  if (host !== lease.host) return false;
  if ('listen' in server) return true;
  const isIpv6 = lease.host === undefined || lease.host.includes(':');
  return server.type === (isIpv6 ? 'udp6' : 'udp4');
}

/** What a server's own `listen` or `bind` takes. */
type ListenPlace = ListenOptions & { address?: string; fd?: number; handle?: NodeHandle };

/** Resolves when `server` listens, rejects when it cannot, or is closed before. */
export function start(server: ListeningServer | BindingSocket, place: ListenPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const end = (settle: () => void) => {
      isOver = true;
      for (const [event, listener] of Object.entries(listeners)) server.removeListener(event, listener);
      settle();
    };
    const listeners = {
      listening: () => end(resolve),
      error: (error: unknown) => end(() => reject(error)),
      close: () => end(() => reject(closedEarly(place))),
    };
    server.once('listening', listeners.listening);
    server.once('error', listeners.error);
    // Not before a server that was closed right now has said so.
    process.nextTick(() => isOver || server.once('close', listeners.close));
    try {
      begin(server, place);
    } catch (error) {
      listeners.error(error);
    }
  });
}

/** Lets it listen; a socket that was to be handed over, and that it refused at once, is closed. */
function begin(server: ListeningServer | BindingSocket, place: ListenPlace): void {
  const hadAnother = hasSocket(server);
  try {
    if (place.handle !== undefined) beginWithHandle(server, place.handle, place);
    else if ('listen' in server) server.listen(place);
    else server.bind(place);
  } catch (error) {
    // A datagram socket can take it over and fail afterwards, over the size of its buffers; then it is its to close.
    const isTaken = !hadAnother && hasSocket(server);
    if (place.fd !== undefined && !isTaken) closeSync(place.fd);
    if (!isTaken) place.handle?.close();
    throw error;
  }
}

/** With a handle, Node takes the backlog as an argument, and no signal. */
function beginWithHandle(
  server: ListeningServer | BindingSocket,
  handle: NodeHandle,
  { backlog, signal }: ListenPlace,
): void {
  if (!('listen' in server)) {
    server.bind(handle);
    return;
  }
  const closing = signal && addAbortListener(signal, () => server.close?.());
  try {
    // Else it might listen first, and be closed then.
    signal?.throwIfAborted();
    server.listen(handle, backlog);
    if (closing !== undefined) server.once('close', () => closing[Symbol.dispose]());
  } catch (error) {
    closing?.[Symbol.dispose]();
    throw error;
  }
}

function hasSocket(server: ListeningServer | BindingSocket): boolean {
  try {
    return (server.address?.() ?? null) !== null;
  } catch {
    return false;
  }
}

function closedEarly({ signal }: ListenPlace): unknown {
  if (signal?.aborted) return signal.reason;
  return new PortForError('ERR_PORT_CLOSED', 'the server was closed before it listened');
}

/** A datagram socket asks for SO_REUSEADDR only when told to; all servers of TCP ask for it by themselves. */
function explain(error: unknown, port: number, transport: Transport): unknown {
  const isInUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (!isInUse || transport === 'tcp') return error;
  return new PortForError(
    'ERR_PORT_REUSE_ADDRESS',
    `port ${port} is held, and a datagram socket is admitted beside the lease only when it reuses the address: ` +
      'make it with dgram.createSocket({ type, reuseAddr: true }), or give it the socket of detach()',
    { cause: error },
  );
}
