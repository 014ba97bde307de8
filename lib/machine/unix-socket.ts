import { type Server, Socket } from 'node:net';
import { addon } from '../addon/addon';
import { PortSystemError } from '../errors/port-system-error';

/**
 * Connects to a Unix socket by its path or, with a leading `@`, its name in Linux's abstract namespace. Emits what a
 * `net.Socket` does. Node.js up to 20 finds only abstract sockets of its own.
 */
export function connectUnix(address: string): Socket {
  if (!isAbstract(address)) return new Socket().connect({ path: address });
  try {
    const socket = new Socket({ fd: addon.openAbstractSocket(address.slice(1), false) });
    // As from the event loop: later than what the caller puts off to the next tick.
    setImmediate(() => {
      if (!socket.destroyed) socket.emit('connect');
    });
    return socket;
  } catch (error) {
    const socket = new Socket();
    process.nextTick(() => socket.destroy(asOfNode(error)));
    return socket;
  }
}

/** Makes a server listen on a Unix socket, by its path or, with a leading `@`, its abstract name. */
export function listenUnix(server: Server, address: string, done: () => void): void {
  if (!isAbstract(address)) {
    server.listen(address, done);
    return;
  }
  try {
    server.listen({ fd: addon.openAbstractSocket(address.slice(1), true) }, done);
  } catch (error) {
    process.nextTick(() => server.emit('error', asOfNode(error)));
  }
}

function isAbstract(address: string): boolean {
  return process.platform === 'linux' && address.startsWith('@');
}

/** An error as node:net has it, whose code is the kernel's name for it. */
function asOfNode(error: unknown): Error {
  if (!(error instanceof PortSystemError)) return error as Error;
  return Object.assign(new Error(error.message), { code: error.systemCode, syscall: error.syscall });
}
