import * as dgram from 'node:dgram';
import * as net from 'node:net';
import type { Transport } from '../ports/transport';

/** What Node's servers and datagram sockets work with underneath: a libuv handle, here with its socket. */
export interface NodeHandle {
  close(): void;
}

interface OpenableHandle extends NodeHandle {
  /** Makes the handle the owner of an open socket; 0, or libuv's error. */
  open(descriptor: number): number;
}

/**
 * A handle that owns the socket `descriptor`, for `server.listen(handle)` or `socket.bind(handle)`: the only way to
 * give Node a socket on Windows, where it takes no descriptors. The class of the handle is no public interface of
 * Node's. Undefined where it is not as expected, or refuses the socket; the socket is the caller's then.
 */
export function adoptSocket(descriptor: number, transport: Transport): NodeHandle | undefined {
  let handle: OpenableHandle | undefined;
  try {
    handle = transport === 'tcp' ? newTcpHandle() : newUdpHandle();
    if (typeof handle?.open === 'function' && handle.open(descriptor) === 0) return handle;
  } catch {
    // Not as expected.
  }
  try {
    handle?.close();
  } catch {
    // Nor is this.
  }
  return undefined;
}

/** What Node's TCP class is told for a handle that listens. */
const SERVER = 1;

function newTcpHandle(): OpenableHandle | undefined {
  const { _createServerHandle: create } = net as { _createServerHandle?: (...place: unknown[]) => unknown };
  const bound = create?.('127.0.0.1', 0, 4, -1);
  if (!isHandle(bound)) return undefined;
  bound.close();
  return newHandle(bound, SERVER);
}

function newUdpHandle(): OpenableHandle | undefined {
  const socket = dgram.createSocket('udp4');
  try {
    const states = Object.getOwnPropertySymbols(socket).map((symbol) => Reflect.get(socket, symbol));
    const handle = states.map((state) => state?.handle).find(isHandle);
    return handle && newHandle(handle);
  } finally {
    socket.close();
  }
}

function isHandle(value: unknown): value is NodeHandle {
  return typeof value === 'object' && value !== null && 'close' in value && 'open' in value;
}

function newHandle(like: NodeHandle, ...options: unknown[]): OpenableHandle {
  return Reflect.construct(like.constructor, options);
}
