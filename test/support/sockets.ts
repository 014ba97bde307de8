import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { once } from 'node:events';
import { closeSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { HAND_OVER } from '../../lib/lease/listen';
import { NoFreePortError } from '../../lib/pick/errors';
import { pickSync } from '../../lib/pick/judged-pick';
import type { TransportChoice } from '../../lib/ports/transport';

/** Why no server can be tested beside a lease here; false where one can. */
export const NOT_BESIDE: string | false =
  HAND_OVER === 'beside' ? false : 'servers do not listen beside a lease on this system';

/** Why no Unix socket can be tested here; false where one can. */
export const NO_UNIX_SOCKETS: string | false =
  process.platform === 'win32' ? 'Windows has no Unix sockets of this kind' : false;

/**
 * Why no socket can be tied to an interface (SO_BINDTOIFINDEX), by which leases keep datagrams and intruders out; false
 * where it can. Linux lets every user do it from 5.7 on, and qemu's user mode does not know it.
 */
export function noInterfaceTies(): string | false {
  if (NOT_BESIDE) return NOT_BESIDE;
  const [held] = pickSync(1, {}, 'exclusive').leases;
  if (held === undefined) throw new Error('no port is free');
  const { fd, way } = held.openServer('tcp', '127.0.0.1', false);
  closeSync(fd);
  held.release();
  return way === 'gate' && 'sockets cannot be tied to interfaces here';
}

/** Whether a plain bind, without SO_REUSEADDR, gets the port. */
export function canBePlainlyBound(port: number, transport: TransportChoice = 'tcp', host?: string): boolean {
  try {
    leaseSync({ ports: port, transport, host }).release();
    return true;
  } catch (error) {
    if (error instanceof NoFreePortError) return false;
    throw error;
  }
}

/** The path of a Unix socket that is not there yet. A test's own folder may lie too deep for one. */
export function socketPath(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'port-for-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'a.sock');
}

/** A server that greets each client and waits for it to hang up, so that its port has no TIME_WAIT afterwards. */
export function greeter(): Server {
  return createServer((socket) => socket.on('error', () => {}).write('hello'));
}

/** A server that greets each client and hangs up, so that its port is in TIME_WAIT afterwards. */
export function hastyGreeter(): Server {
  return createServer((socket) => socket.on('error', () => {}).end('hello'));
}

/** What a greeter says to a client, who hangs up then unless the server did. */
export async function ask(port: number, host: string): Promise<string> {
  const socket = connect({ port, host }).setEncoding('utf8');
  let text = '';
  for await (const chunk of socket) {
    text += chunk;
    if (text === 'hello') break;
  }
  socket.destroy();
  return text;
}

/** What a server says to a client before it hangs up; it has then, so its end is in TIME_WAIT. */
export async function hearOut(port: number, host: string): Promise<string> {
  const socket = connect({ port, host }).setEncoding('utf8');
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

/** A bound datagram socket. */
export async function bind(options: SocketOptions, port: number, address?: string): Promise<Socket> {
  const socket = createSocket(options);
  try {
    socket.bind(port, address);
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    throw error;
  }
  return socket;
}

/** Sends one datagram to a port, and waits until it is on its way. */
export async function sendTo(port: number, host: string, text: string): Promise<void> {
  const client = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  await new Promise<void>((resolve, reject) => {
    client.send(text, port, host, (error) => (error ? reject(error) : resolve()));
  });
  client.close();
}
