import { closeSync, fstatSync } from 'node:fs';
import { addon } from '../addon/addon';
import type { LeaseHandle, ServerSocket } from '../addon/contract';
import { PortSystemError } from '../errors/port-system-error';
import { readAddress } from '../host/address';
import { unresolvedHost } from '../host/errors';
import type { Host } from '../host/host';
import { socketOwners } from '../machine/port-owners';
import type { Transport } from '../ports/transport';
import { PortEnteredError } from './errors';
import {
  type BindingSocket,
  checkHolds,
  type LeaseListenOptions,
  type ListeningServer,
  type PortHolder,
  start,
  transportOf,
} from './listen';

/**
 * Makes `server` listen on the port of an exclusive lease, on Linux, by a socket that the addon binds in one call: a
 * name is resolved before, so that the port is open to nobody while a resolver works.
 */
export async function listenExclusively(
  lease: PortHolder,
  held: LeaseHandle,
  server: ListeningServer | BindingSocket,
  { host = lease.host, ...others }: LeaseListenOptions,
): Promise<void> {
  const transport = transportOf(server);
  const family = 'listen' in server ? 0 : server.type === 'udp6' ? 6 : 4;
  const address = host === undefined ? wildcard(family) : await resolve(host, family);
  // The lease may have ended during the lookup.
  checkHolds(lease, transport);
  if (family !== 0 && address.includes(':') !== (family === 6)) {
    // It says so itself, and is kept out in any case.
    return start(server, { ...others, address, port: lease.port });
  }
  const isIpv6Only = others.ipv6Only === true || (family === 6 && isMadeForIpv6Only(server));
  const { fd, way } = openAlone(lease.port, transport, held, address, isIpv6Only);
  const listening = start(server, { ...others, fd, exclusive: true });
  if (way !== 'held') return listening;
  const separate = endWith(server, held);
  return listening.catch((error: unknown) => {
    // It may listen elsewhere, and close while another server has the held socket.
    separate();
    held.endListening();
    throw error;
  });
}

/** Every local address, for a server that wants no other; as the port is held unless its family says which. */
function wildcard(family: number): string {
  if (family === 0) return '';
  return family === 4 ? '0.0.0.0' : '::';
}

/** The one address at which Node would let a server listen. */
async function resolve(host: Host, family: number): Promise<string> {
  const known = readAddress(host);
  if (known !== undefined) return known;
  const { lookup } = require('node:dns/promises') as typeof import('node:dns/promises');
  try {
    return (await lookup(host, { family })).address;
  } catch (error) {
    throw error instanceof Error ? unresolvedHost(host, error) : error;
  }
}

/** `ipv6Only` of a datagram socket's making, which it tells nobody. */
function isMadeForIpv6Only(socket: object): boolean {
  const key = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'state symbol');
  if (key === undefined) return false;
  const state: unknown = Reflect.get(socket, key);
  return typeof state === 'object' && state !== null && 'ipv6Only' in state && state.ipv6Only === true;
}

/** @throws PortEnteredError where somebody else's socket was bound at the same moment. */
function openAlone(
  port: number,
  transport: Transport,
  held: LeaseHandle,
  address: string,
  isIpv6Only: boolean,
): ServerSocket {
  const before = keysAt(port, transport);
  const findEntered = (own?: number) =>
    [...keysAt(port, transport)].find((key) => key !== own && !before.has(key));
  let server: ServerSocket;
  try {
    server = open(port, held, transport, address, isIpv6Only);
  } catch (error) {
    // Who came in before the server could be bound keeps it out by listening.
    const entered = isInUse(error) ? findEntered() : undefined;
    throw entered === undefined ? error : enteredBy(port, entered);
  }
  if (server.way !== 'gate') return server;
  const entered = findEntered(fstatSync(server.fd).ino);
  if (entered === undefined) return server;
  closeSync(server.fd);
  throw enteredBy(port, entered);
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function enteredBy(port: number, entered: number): PortEnteredError {
  const owners = socketOwners([{ ownerKey: entered, hasProcess: true }]);
  return new PortEnteredError(port, owners.get(entered)?.[0]);
}

/** What tells the sockets at a port apart: on Linux the inode. */
function keysAt(port: number, transport: Transport): Set<number> {
  const sockets = addon.tableSockets(transport, 'all') ?? [];
  return new Set(
    sockets.filter((socket) => socket.port === port && socket.hasProcess).map(({ ownerKey }) => ownerKey),
  );
}

/** What keeps the socket from being bound is said as Node says it. */
function open(
  port: number,
  held: LeaseHandle,
  transport: Transport,
  address: string,
  isIpv6Only: boolean,
): ServerSocket {
  try {
    return held.openServer(transport, isIpv6Only && address === '' ? '::' : address, isIpv6Only);
  } catch (error) {
    if (!(error instanceof PortSystemError)) throw error;
    const { systemCode: code } = error;
    // Without the call of the addon, and what it advises for that.
    const [reason] = error.message.split(`, ${error.syscall}`, 1);
    const where = `${address === '' ? '::' : address}:${port}`;
    const syscall = transport === 'tcp' ? 'listen' : 'bind';
    throw Object.assign(new Error(`${syscall} ${reason} ${where}`, { cause: error }), {
      code,
      syscall,
      address,
      port,
    });
  }
}

/**
 * Lets the held socket listen no more when the server closes its own descriptor of it. A server does so as soon as it is
 * closed, long before it says so if clients are connected. Only its handle knows; where the runtime shows none, the
 * server's own word has to do. Returns what undoes that.
 */
function endWith(server: ListeningServer | BindingSocket, held: LeaseHandle): () => void {
  const end = () => held.endListening();
  const handle: { close?: unknown } | null | undefined = Reflect.get(server, '_handle');
  const close = handle?.close;
  if (!handle || typeof close !== 'function') {
    server.once('close', end);
    return () => server.removeListener('close', end);
  }
  handle.close = (...words: unknown[]): unknown => {
    end();
    return Reflect.apply(close, handle, words);
  };
  return () => {
    handle.close = close;
  };
}
